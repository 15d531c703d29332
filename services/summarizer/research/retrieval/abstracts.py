"""Abstracts as chunks of one section: of papers that have no chunks, or of all that was harvested."""

import asyncio
import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from services.summarizer.qdrant.connection import Matrix
from services.summarizer.research.retrieval.corpora import ResolvedCorpus
from services.summarizer.research.retrieval.passage_words import stems_of_question
from services.summarizer.text.passages import ABSTRACT
from shared.bus.questions.requests import SendRequest
from shared.contracts import Search
from shared.errors import RequestFailed
from shared.search.analyzer import stems_of
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.research.chunks import Chunk, chunk_id_of
from shared.store.vectors.embeddings import VectorStore

ABSTRACTS = "abstracts-1"
"""What stands in place of a chunker: `start` and `end` count characters of the abstract in the metadata."""
_MOST_FOUND = 200
_MOST_COMPARED = 5000
_OPERATORS = re.compile(r"[\":()]|(?<!\w)-")


class ComparedAbstract(NamedTuple):
    """An abstract, its cosine to a question (None: not known), and the share of the question's words that it has."""

    chunk: Chunk
    cosine: float | None
    word_share: float


class Abstracts:
    """Finds papers by their abstracts."""

    def __init__(self, ask: SendRequest, metadata: MetadataStore, vectors: VectorStore) -> None:
        self._ask, self._metadata, self._vectors = ask, metadata, vectors

    async def search(self, question: str, corpus: ResolvedCorpus, limit: int) -> list[Chunk]:
        """The abstracts of all papers that fit a question best, best first.

        Raises TemporaryFailure while the search among all papers does not answer.
        """
        asked = corpus.asked
        request = Search(
            query=" ".join(_OPERATORS.sub(" ", question).split()),
            limit=min(limit, _MOST_FOUND),
            user=corpus.user,
            categories=asked.categories,
            since=asked.from_date,
            until=asked.until_date,
        )
        try:
            found = [hit.paper_id for hit in (await self._ask(request)).hits]
        except RequestFailed as error:
            raise error.as_failure("The search among all papers does not answer: ") from error
        papers = await asyncio.to_thread(self._metadata.get, found)
        return [chunk_of_abstract(papers[paper_id]) for paper_id in found[:limit] if paper_id in papers]

    async def compare(self, question: str, vector: Matrix | None, paper_ids: Collection[str]) -> list[ComparedAbstract]:
        """How the abstracts of a few papers fit a question; those that have nothing of it are left out."""
        newest = sorted(paper_ids)[-_MOST_COMPARED:]
        return await asyncio.to_thread(self._compare, question, vector, newest) if newest else []

    def _compare(self, question: str, vector: Matrix | None, paper_ids: list[str]) -> list[ComparedAbstract]:
        wanted, cosines = set(stems_of_question(question)), self._cosines(vector, paper_ids)
        compared = [
            ComparedAbstract(
                chunk_of_abstract(paper), cosines.get(paper.paper_id), _share(wanted, set(stems_of(paper.text)))
            )
            for paper in self._metadata.get(paper_ids).values()
        ]
        return [hit for hit in compared if hit.cosine is not None or hit.word_share]

    def _cosines(self, vector: Matrix | None, paper_ids: list[str]) -> Mapping[str, float]:
        if vector is None:
            return {}
        stored = self._vectors.get(paper_ids)
        if not stored.ids or stored.matrix.shape[1] != len(vector):
            return {}
        return dict(zip(stored.ids, (stored.matrix @ vector).tolist(), strict=True))


def chunk_of_abstract(paper: Paper) -> Chunk:
    """A paper's abstract as a chunk."""
    return Chunk(
        chunk_id=chunk_id_of(paper.paper_id, paper.version, paper.abstract, 0, ABSTRACTS),
        paper_id=paper.paper_id,
        version=paper.version,
        chunker=ABSTRACTS,
        position=0,
        titles=(ABSTRACT,),
        text=paper.abstract,
        start=0,
        end=len(paper.abstract),
        title=paper.title,
    )


def _share(wanted: set[str], there: set[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 0.0
