"""Which papers a question is asked of: a corpus, as a person names it, as papers and their versions."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.summarizer.research.retrieval.passage_words import Source
from shared.contracts import Corpus, ListedPaper
from shared.paper_ids import is_local
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.research.chunks import ChunkStore


class ReadingLists(Protocol):
    """Who keeps which papers; `ReadingListStore` is one."""

    def of_user(self, user: str) -> Sequence[ListedPaper]:
        """The papers on somebody's list."""


@dataclass(frozen=True)
class ResolvedCorpus:
    """The papers that are meant.

    `papers` are asked by their chunks, each in the version named; `abstracts` have no chunks and are asked by their
    abstracts. With `everything` the abstracts of all that was harvested are searched, and `abstracts`, where they are
    not None, are the only ones that count. `missing` were named and are not among the papers meant; `waiting` are on
    the list and not ready yet.
    """

    asked: Corpus = field(default_factory=Corpus)
    user: str = "me"
    papers: Mapping[str, int] = field(default_factory=dict)
    abstracts: frozenset[str] | None = frozenset()
    everything: bool = False
    missing: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def sources(self) -> frozenset[Source]:
        return frozenset(Source(paper_id, version) for paper_id, version in self.papers.items())

    @property
    def is_empty(self) -> bool:
        """Whether no paper is meant, so that nothing can be found."""
        return not self.papers and not self.abstracts and not (self.everything and self.abstracts is None)


class Corpora:
    """Resolves corpora by what is stored now."""

    def __init__(
        self, chunks: ChunkStore, lists: ReadingLists, summaries: SummaryStore, metadata: MetadataStore
    ) -> None:
        self._chunks, self._lists = chunks, lists
        self._summaries, self._metadata = summaries, metadata

    async def resolve(self, corpus: Corpus, user: str) -> ResolvedCorpus:
        """The papers that a corpus means to a user."""
        return await asyncio.to_thread(self._resolve, corpus, user)

    def _resolve(self, corpus: Corpus, user: str) -> ResolvedCorpus:
        summaries = list(self._summaries.all()) if corpus.kind in ("mine", "read") or corpus.tags else []
        if corpus.kind == "all":
            return self._everything(corpus, user, summaries)
        listed = {paper.paper_id: paper for paper in self._lists.of_user(user)} if corpus.kind != "read" else {}
        read = {summary.paper_id: summary for summary in summaries} if corpus.kind != "list" else {}
        passing = self._passing(corpus, [*listed, *(paper for paper in read if paper not in listed)], summaries)
        chunked = self._chunks.papers()
        papers: dict[str, int] = {}
        abstracts, waiting = set[str](), list[str]()
        for paper_id in passing:
            pinned = listed[paper_id].version if paper_id in listed else _version_read(read[paper_id])
            version = _askable(pinned, chunked.get(paper_id, ()), is_pinned=paper_id in listed)
            if version is not None:
                papers[paper_id] = version
            elif paper_id in read:
                abstracts.add(paper_id)
            if paper_id in listed and version is None:
                waiting.append(paper_id)
        missing = tuple(paper_id for paper_id in corpus.paper_ids if paper_id not in listed and paper_id not in read)
        return ResolvedCorpus(corpus, user, papers, frozenset(abstracts), False, missing, tuple(waiting))

    def _everything(self, corpus: Corpus, user: str, summaries: Iterable[Summary]) -> ResolvedCorpus:
        if not corpus.tags and not corpus.paper_ids:
            return ResolvedCorpus(corpus, user, {}, None, True)
        named = [paper_id for paper_id in corpus.paper_ids if not is_local(paper_id)]
        stored = self._metadata.has(named) if named else set()
        candidates = [summary.paper_id for summary in summaries] if not corpus.paper_ids else sorted(stored)
        passing = frozenset(self._passing(corpus, candidates, summaries))
        missing = tuple(paper_id for paper_id in corpus.paper_ids if paper_id not in stored)
        return ResolvedCorpus(corpus, user, {}, passing, True, missing)

    def _passing(self, corpus: Corpus, paper_ids: Iterable[str], summaries: Iterable[Summary]) -> list[str]:
        """Those of these papers that meet every condition of the corpus."""
        conditions: list[Callable[[str], bool]] = []
        if corpus.paper_ids:
            conditions.append(frozenset(corpus.paper_ids).__contains__)
        if corpus.tags:
            wanted = {tag.casefold() for tag in corpus.tags}
            tagged = {one.paper_id for one in summaries if wanted.intersection(map(str.casefold, one.tags))}
            conditions.append(tagged.__contains__)
        passing = [paper_id for paper_id in paper_ids if all(condition(paper_id) for condition in conditions)]
        if not (corpus.categories or corpus.from_date or corpus.until_date):
            return passing
        papers = self._metadata.get(paper_id for paper_id in passing if not is_local(paper_id))
        return [paper_id for paper_id in passing if paper_id in papers and _fits(papers[paper_id], corpus)]


def _askable(pinned: int | None, chunked: Sequence[int], *, is_pinned: bool) -> int | None:
    """Which version is asked: the pinned one; of a paper that was only read the newest, where that has no chunks."""
    if pinned in chunked:
        return pinned
    return max(chunked, default=None) if not is_pinned else None


def _version_read(summary: Summary) -> int:
    return summary.made_by.document_version or summary.version


def _fits(paper: Paper, corpus: Corpus) -> bool:
    """Whether a paper is of one of the categories (or archives) and was first submitted within the days."""
    if corpus.categories and not any(_is_of(name, corpus.categories) for name in paper.categories):
        return False
    if corpus.from_date is None and corpus.until_date is None:
        return True
    if paper.published_at is None:
        return False
    day = paper.published_at.date()
    return (corpus.from_date or day) <= day <= (corpus.until_date or day)


def _is_of(category: str, wanted: Iterable[str]) -> bool:
    """`cs.LG` is of `cs.LG` and of `cs`."""
    return any(category == name or category.startswith(f"{name}.") for name in wanted)
