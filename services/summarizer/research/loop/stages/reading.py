"""Chunks as evidence: which are read, in full and with what stands beside them, and how near each sentence is."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.summarizer.research.answers.citable import citable_sentences, numbered
from services.summarizer.research.answers.relevance import Asked, coverage, spoken_of
from services.summarizer.research.loop.ports import ChunkLike, Papers, Passages
from services.summarizer.research.loop.question import Evidence, FoundChunk
from services.summarizer.research.loop.remembered_vectors import RememberedVectors
from services.summarizer.text.tokens import tokens_of

_MOST_READ, _MOST_WITH_NEIGHBOURS, _MOST_OF_A_SECTION = 14, 2, 3
_TOKENS_OF_A_NUMBER = 4
_MOST_SCORED, _MOST_SCORED_OF_A_CHUNK = 160, 12


@dataclass(frozen=True)
class Reader:
    """Reads chunks of papers as sentences that can be cited."""

    passages: Passages
    papers: Papers
    encoder: RememberedVectors
    user: str

    async def sentences(self, chunks: Sequence[FoundChunk]) -> dict[str, list[Evidence]]:
        """The citable sentences of each chunk, by its id."""
        titles = await asyncio.to_thread(self.papers.titles, [chunk.paper_id for chunk in chunks], self.user)
        return await asyncio.to_thread(self._sentences, chunks, titles)

    async def scored(self, questions: Sequence[str], asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
        """The sentences with their nearness to a question, in any of its wordings.

        Vectors are asked for those that are nearest by words.
        """
        by_words = [_covered(row, evidence, asked) for row in range(len(evidence))]
        nearest = _nearest(by_words)
        nearest += [row for row, each in enumerate(by_words) if self.encoder.knows(each.text) and row not in nearest]
        vectors = await self.encoder.encode(questions, "query") if nearest else None
        texts = [by_words[row].text for row in nearest]
        others = await self.encoder.encode(texts) if vectors is not None else None
        if vectors is None or others is None:
            return by_words
        cosines = dict(zip(nearest, (others @ vectors.T).max(axis=1).tolist(), strict=True))
        return [
            each.model_copy(update={"cosine": round(cosines.get(row, 0.0), 4)}) for row, each in enumerate(by_words)
        ]

    def spoken_of(self, asked: Asked, chunks: Sequence[FoundChunk]) -> dict[str, float]:
        """By paper, how much of a question the whole of it speaks of, title and all."""
        documents = {(chunk.paper_id, chunk.version, chunk.is_abstract): chunk for chunk in chunks}
        titles = self.papers.titles([chunk.paper_id for chunk in chunks], self.user)
        texts = {paper_id: [title] for paper_id, title in titles.items()}
        for chunk in documents.values():
            texts.setdefault(chunk.paper_id, [chunk.title]).append(self._document(chunk))
        return {paper_id: round(spoken_of(asked, "\n".join(parts)), 4) for paper_id, parts in texts.items()}

    async def with_neighbours(self, chunks: Sequence[FoundChunk]) -> list[FoundChunk]:
        """The chunks; of the first ones their whole section, or what stands beside them where they are all of it."""
        read: dict[str, FoundChunk] = {}
        for number, chunk in enumerate(chunks[:_MOST_READ]):
            read.setdefault(chunk.chunk_id, chunk)
            if number < _MOST_WITH_NEIGHBOURS and not chunk.is_abstract:
                section = [other for other in await self.passages.section(chunk) if _is_near(other, chunk)]
                beside = section if len(section) > 1 else await self.passages.neighbours(chunk, 1)
                read |= {other.chunk_id: FoundChunk.of(other) for other in beside if other.chunk_id not in read}
        return list(read.values())

    def _sentences(self, chunks: Sequence[FoundChunk], titles: Mapping[str, str]) -> dict[str, list[Evidence]]:
        documents: dict[tuple[str, int, bool], str] = {}
        sentences = {}
        for chunk in chunks:
            key = (chunk.paper_id, chunk.version, chunk.is_abstract)
            if key not in documents:
                documents[key] = self._document(chunk)
            title = chunk.title or titles.get(chunk.paper_id, chunk.paper_id)
            sentences[chunk.chunk_id] = citable_sentences(chunk, title, documents[key])
        return sentences

    def _document(self, chunk: FoundChunk) -> str:
        """The text that the chunk's places count in; an abstract may stand in the document as well."""
        text = self.papers.text(chunk.paper_id, chunk.version, abstract=chunk.is_abstract)
        if chunk.is_abstract and chunk.text not in text:
            return self.papers.text(chunk.paper_id, chunk.version, abstract=False)
        return text


def _is_near(one: ChunkLike, other: ChunkLike) -> bool:
    return abs(one.position - other.position) <= _MOST_OF_A_SECTION


def within(evidence: Sequence[Evidence], most_tokens: int) -> tuple[Evidence, ...]:
    """As many sentences as fit, the nearest with what stands beside them first, numbered from 1 in the order given."""
    kept: set[int] = set()
    room = most_tokens
    for row in sorted(range(len(evidence)), key=lambda row: (-evidence[row].relevance, row)):
        for other in (row, row - 1, row + 1):
            is_beside = 0 <= other < len(evidence) and evidence[other].chunk_id == evidence[row].chunk_id
            tokens = tokens_of(evidence[other].text) + _TOKENS_OF_A_NUMBER if is_beside else 0
            if is_beside and other not in kept and tokens <= room:
                kept.add(other)
                room -= tokens
    chosen = [evidence[row] for row in sorted(kept)]
    papers = list(dict.fromkeys(each.paper_id for each in chosen))
    chunks = list(dict.fromkeys(each.chunk_id for each in chosen))
    return numbered(sorted(chosen, key=lambda each: (papers.index(each.paper_id), chunks.index(each.chunk_id))))


def _nearest(evidence: Sequence[Evidence]) -> list[int]:
    """The rows that share most words with the question, at most a few of a chunk."""
    of_chunk = Counter[str]()
    rows = []
    for row in sorted(range(len(evidence)), key=lambda row: (-evidence[row].coverage, row)):
        of_chunk[evidence[row].chunk_id] += 1
        if of_chunk[evidence[row].chunk_id] <= _MOST_SCORED_OF_A_CHUNK:
            rows.append(row)
    return rows[:_MOST_SCORED]


def _covered(row: int, evidence: Sequence[Evidence], asked: Asked) -> Evidence:
    """A sentence speaks of what its paper and section are titled, and of what stands beside it, too."""
    each = evidence[row]
    beside = [other.text for other in evidence[max(0, row - 1) : row + 2] if other.chunk_id == each.chunk_id]
    around = " ".join([*beside, *each.titles, each.paper_title])
    of_parts = tuple(round(coverage(part, each.text, around), 4) for part in asked.parts)
    nearest = max(round(coverage(asked, each.text, around), 4), *of_parts, 0.0)
    return each.model_copy(update={"coverage": nearest, "parts": of_parts})
