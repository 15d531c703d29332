"""Finds the chunks of papers that fit a question, and keeps the indexes in which they are found.

Files come first (`chunks/`, with the vectors beside them), the index after them: what a kill left undone is done when
the paper is indexed again, and nothing is embedded twice. A new chunker or model has an index of its own; the earlier
one answers for every paper that is not in the new one yet.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.summarizer.qdrant.connection import Matrix
from services.summarizer.research.chunking.sections import chunks_of
from services.summarizer.research.retrieval.abstracts import ABSTRACTS, Abstracts, ComparedAbstract
from services.summarizer.research.retrieval.corpora import ResolvedCorpus
from services.summarizer.research.retrieval.fusing import DEPTH, fused, with_abstracts
from services.summarizer.research.retrieval.passage_encoding import TEXTS_A_REQUEST, PassageEncoder
from services.summarizer.research.retrieval.passage_index import PassageIndex, Rankings
from services.summarizer.research.retrieval.passage_words import Source
from services.summarizer.research.retrieval.recipes import mean_of, texts_of
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.papers.documents import DocumentStore
from shared.store.research.chunk_vectors import ChunkVectors
from shared.store.research.chunks import Chunk, ChunkStore

log = logging.getLogger(__name__)

_SEARCH_CONSTANT = 60
_CATCH_UP_SECONDS = 20.0
_MOST_TAKEN_UP = 20


@dataclass(frozen=True)
class Hit:
    """A chunk that fits; `score` compares within one answer. Ranks count from 1, None: not among the best so."""

    chunk: Chunk
    score: float
    word_rank: int | None = None
    vector_rank: int | None = None


class Retriever:
    """Open it before use. One paper is indexed at a time; questions never wait for that."""

    def __init__(
        self,
        chunks: ChunkStore,
        vectors: ChunkVectors,
        passages: PassageIndex,
        documents: DocumentStore,
        encoder: PassageEncoder,
        abstracts: Abstracts,
        max_words: int,
    ) -> None:
        self._chunks, self._vectors, self._index = chunks, vectors, passages
        self._documents, self._encoder, self._abstracts = documents, encoder, abstracts
        self._max_words = max_words
        self._turn = asyncio.Lock()

    def problem(self) -> str | None:
        """Why passages cannot be found now; None when they can."""
        return self._index.problem()

    async def open(self) -> None:
        """Make the index of the files. Raises TemporaryFailure while another process has it."""
        await asyncio.to_thread(self._vectors.start_set)
        await self._index.open()

    async def close(self) -> None:
        await self._index.close()

    async def index(self, paper_id: str, version: int) -> int:
        """Have a version of a paper found by its chunks; returns how many these are. Done again, it changes nothing.

        Cuts it where this chunker has not, embeds the chunks that have no vector. Raises PermanentFailure where
        there is no text of it, TemporaryFailure while the embedder or Qdrant is away: call it again then.
        """
        async with self._turn:
            source = Source(paper_id, version)
            chunks = await asyncio.to_thread(self._chunked, paper_id, version)
            if source not in self._index.current():
                vectors = await self._embedded(paper_id, chunks)
                await self._index.put(source, chunks, vectors)
                await self._retire()
            return len(chunks)

    async def forget(self, paper_id: str, version: int | None = None) -> None:
        """Have a paper, or one version of it, found no longer. What citations point to stands in `documents/`."""
        async with self._turn:
            chunks = await asyncio.to_thread(self._chunks.of_paper, paper_id, version)
            ids = [chunk.chunk_id for chunk in chunks]
            await asyncio.to_thread(self._chunks.remove, paper_id, version)
            await self._index.drop({Source(paper_id, chunk.version) for chunk in chunks}, ids)
            await asyncio.to_thread(self._vectors.remove, paper_id, ids)

    async def find(self, query: str, corpus: ResolvedCorpus, limit: int) -> list[Hit]:
        """The passages that fit a question best, best first; by words alone while the embedder is away.

        Raises TemporaryFailure while Qdrant, or the search among all papers, cannot be asked.
        """
        if corpus.is_empty or not query.strip():
            return []
        if corpus.everything and corpus.abstracts is None:
            found = await self._abstracts.search(query, corpus, limit)
            return [Hit(chunk, _SEARCH_CONSTANT / (_SEARCH_CONSTANT + rank)) for rank, chunk in enumerate(found)]
        vector = await self._encoder.question(query)
        rankings = await self._index.search(query, vector, corpus.sources, max(limit, DEPTH))
        compared = await self._abstracts.compare(query, vector, corpus.abstracts or ())
        return await self._hits(rankings, compared, limit)

    def not_indexed(self, corpus: ResolvedCorpus) -> tuple[str, ...]:
        """The papers of a corpus that have chunks and cannot be found by them yet, as for a while after a start."""
        return tuple(sorted(source.paper_id for source in corpus.sources if not self._index.holds(source)))

    async def take_up(self, corpus: ResolvedCorpus) -> None:
        """Index the papers of a corpus that another process made ready, so that a question here need not wait for them.

        Nothing is embedded for that; what is more than a few papers, or cannot be had now, is left to `tend`.
        """
        missing = [source for source in corpus.sources if not self._index.holds(source)]
        if self.problem() or self._turn.locked() or not 0 < len(missing) <= _MOST_TAKEN_UP:
            return
        for source in sorted(missing):
            try:
                if await asyncio.to_thread(self._is_embedded, source):
                    await self.index(*source)
            except (TemporaryFailure, PermanentFailure) as error:
                log.info("%s is taken up later: %s", source, error, extra={"action": "passages_wait"})

    async def neighbours(self, chunk: Chunk, around: int = 1) -> list[Chunk]:
        """What stands before and after a chunk in its paper, in reading order, without the chunk itself."""
        if chunk.chunker == ABSTRACTS:
            return []
        whole = await asyncio.to_thread(self._chunks.of_paper, chunk.paper_id, chunk.version, chunk.chunker)
        return [other for other in whole if 0 < abs(other.position - chunk.position) <= around]

    async def section(self, chunk: Chunk) -> list[Chunk]:
        """All chunks of the section that a chunk is of, in reading order."""
        if chunk.chunker == ABSTRACTS:
            return [chunk]
        whole = await asyncio.to_thread(self._chunks.of_paper, chunk.paper_id, chunk.version, chunk.chunker)
        return [other for other in whole if other.titles == chunk.titles]

    async def catch_up(self) -> int:
        """Index every paper that has chunks and is not in the index that is wanted; returns how many were added."""
        stored = await asyncio.to_thread(self._stored)
        gone = self._index.current() - stored
        if gone:
            await self._index.drop(gone, [])
        added = 0
        for source in sorted(stored - self._index.current(), reverse=True):
            try:
                await self.index(*source)
                added += 1
            except PermanentFailure as error:
                log.warning("%s cannot be indexed: %s", source, error, extra={"action": "passages_left_out"})
        return added

    async def tend(self) -> None:
        """Keep catching up, for ever; what is away is waited for."""
        while True:
            try:
                added = await self.catch_up()
                if added:
                    log.info("Indexed the passages of %d papers.", added, extra={"action": "passages_caught_up"})
            except TemporaryFailure as error:
                log.warning("Passages are indexed later: %s", error, extra={"action": "passages_wait"})
            await asyncio.sleep(_CATCH_UP_SECONDS)

    async def _retire(self) -> None:
        """Let the earlier index go with the last paper that only it had."""
        if self._index.has_earlier and not await asyncio.to_thread(self._stored) - self._index.current():
            await self._index.retire()

    def _stored(self) -> set[Source]:
        return {Source(name, version) for name, versions in self._chunks.papers().items() for version in versions}

    def _is_embedded(self, source: Source) -> bool:
        ids = [chunk.chunk_id for chunk in self._chunks.of_version(*source, self._index.chunker)]
        return bool(ids) and len(self._vectors.get(source.paper_id, ids)) == len(ids)

    def _chunked(self, paper_id: str, version: int) -> list[Chunk]:
        """The chunks of a version by this chunker, or, where its text is gone, by an earlier one."""
        stored = self._chunks.of_version(paper_id, version, self._index.chunker)
        if stored and stored[0].chunker == self._index.chunker:
            return stored
        try:
            markdown = self._documents.markdown(paper_id, version)
        except OSError as error:
            if stored:
                return stored
            raise PermanentFailure(f"There is no text of {paper_id}v{version} in documents/.") from error
        record = self._documents.record(paper_id, version)
        chunks = chunks_of(paper_id, version, markdown, self._max_words, record.page_starts if record else ())
        self._chunks.put(paper_id, version, self._index.chunker, chunks)
        return chunks

    async def _embedded(self, paper_id: str, chunks: Sequence[Chunk]) -> Mapping[str, Matrix]:
        """The vector of each chunk; those that are made now are stored as they come."""
        vectors = await asyncio.to_thread(self._vectors.get, paper_id, [chunk.chunk_id for chunk in chunks])
        missing = {chunk.chunk_id: texts_of(chunk) for chunk in chunks if chunk.chunk_id not in vectors}
        for part in requests_of(missing, TEXTS_A_REQUEST):
            rows = iter(await self._encoder.passages([text for texts in part.values() for text in texts]))
            made = {name: mean_of(np.array([next(rows) for _ in texts])) for name, texts in part.items()}
            await asyncio.to_thread(self._vectors.put, paper_id, made)
            vectors |= made
        return vectors

    async def _hits(self, rankings: Rankings, compared: Sequence[ComparedAbstract], limit: int) -> list[Hit]:
        best = fused(*with_abstracts(*rankings, compared))[:limit]
        abstracts = {hit.chunk.chunk_id: hit.chunk for hit in compared}
        chunks = abstracts | await self._index.chunks([hit.chunk_id for hit in best if hit.chunk_id not in abstracts])
        return [
            Hit(chunks[hit.chunk_id], hit.score, hit.word_rank, hit.vector_rank)
            for hit in best
            if hit.chunk_id in chunks
        ]


def requests_of(texts: Mapping[str, Sequence[str]], most: int) -> Iterator[dict[str, Sequence[str]]]:
    """The texts of several chunks in groups of at most so many, or of one chunk."""
    group: dict[str, Sequence[str]] = {}
    for name, own in texts.items():
        if group and sum(map(len, group.values())) + len(own) > most:
            yield group
            group = {}
        group[name] = own
    if group:
        yield group
