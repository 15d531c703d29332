"""The passages of people's corpora, as the loop asks for them: by the retriever."""

from typing import Any

from services.summarizer.research.loop.ports import CorpusFacts
from services.summarizer.research.retrieval.corpora import Corpora, ResolvedCorpus
from services.summarizer.research.retrieval.retriever import Hit, Retriever
from shared.contracts import Corpus
from shared.store.research.chunks import Chunk


class CorpusPassages:
    def __init__(self, corpora: Corpora, retriever: Retriever) -> None:
        self._corpora = corpora
        self._retriever = retriever

    async def resolve(self, corpus: Corpus, user: str) -> ResolvedCorpus:
        """The papers that a corpus means now, those included that another process has just made ready."""
        resolved = await self._corpora.resolve(corpus, user)
        await self._retriever.take_up(resolved)
        return resolved

    def facts(self, corpus: ResolvedCorpus) -> CorpusFacts:
        """Its papers; None where all that was harvested is meant."""
        everything = corpus.everything and corpus.abstracts is None
        papers = None if everything else frozenset(corpus.papers) | (corpus.abstracts or frozenset())
        waiting = dict.fromkeys((*corpus.waiting, *self._retriever.not_indexed(corpus)))
        return CorpusFacts(papers, corpus.missing, tuple(waiting))

    async def find(self, query: str, corpus: ResolvedCorpus, limit: int) -> list[Hit]:
        """The passages that fit best. Raises TemporaryFailure."""
        return await self._retriever.find(query, corpus, limit)

    async def neighbours(self, chunk: Any, around: int = 1) -> list[Chunk]:
        """What stands before and after a chunk."""
        return await self._retriever.neighbours(chunk, around)

    async def section(self, chunk: Any) -> list[Chunk]:
        """All chunks of the section that a chunk is of, in reading order."""
        return await self._retriever.section(chunk)
