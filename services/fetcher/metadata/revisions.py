"""The store of metadata as the fetcher writes it: off the event loop, one write at a time, versions counted."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.fetcher.metadata.normal_form import says_the_same
from services.fetcher.metadata.version_numbers import History
from shared.store.papers.metadata import MetadataStore, Paper, Stored
from shared.store.papers.month_rows import MonthRows, decode_readable


@dataclass(frozen=True)
class SortedPapers:
    """What arXiv's papers are to us before they are stored; `papers` are those that have to be."""

    papers: tuple[Paper, ...] = ()
    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


class Catalogue:
    """Metadata of all papers."""

    def __init__(self, store: MetadataStore) -> None:
        self._store = store
        self._turn = asyncio.Lock()

    async def get(self, paper_ids: Iterable[str]) -> dict[str, Paper]:
        async with self._turn:
            return await asyncio.to_thread(self._store.get, tuple(paper_ids))

    async def sort(self, papers: Sequence[Paper], pending: Mapping[str, bytes] | None = None) -> SortedPapers:
        """Which of these are new, revised or known; `pending` are rows that will be stored. Nothing is stored."""
        ids = [paper.paper_id for paper in papers]
        stored = await self.get(ids)
        rows = {paper_id: pending[paper_id] for paper_id in ids if paper_id in pending} if pending else {}
        waiting = decode_readable(MonthRows(rows))
        return sort_papers(papers, {**stored, **{paper.paper_id: paper for paper in waiting}})

    async def has(self, paper_ids: Iterable[str]) -> set[str]:
        async with self._turn:
            return await asyncio.to_thread(self._store.has, tuple(paper_ids))

    async def put(self, papers: Iterable[Paper]) -> Stored:
        """Store papers; a repeat changes nothing."""
        async with self._turn:
            return await asyncio.to_thread(self._store.put, tuple(papers))

    async def put_rows(self, rows: Mapping[str, bytes]) -> Stored:
        """Store papers that are rows already; a repeat changes nothing."""
        async with self._turn:
            return await asyncio.to_thread(self._store.put_rows, rows)

    async def correct_version(self, paper_id: str, version: int) -> None:
        """Note the version that arXiv's own file name tells. Against a version that is known a lower one says nothing:
        the newest version may have no source."""
        paper = (await self.get([paper_id])).get(paper_id)
        if paper is not None and (version > paper.version or (version < paper.version and not paper.version_known)):
            await self._overrule(replace(paper, version=version))

    async def correct_history(self, paper_id: str, history: History) -> None:
        """Note a paper's versions as arXiv lists them, where the paper is stored."""
        paper = (await self.get([paper_id])).get(paper_id)
        if paper is not None:
            await self._overrule(with_history(paper, history))

    async def _overrule(self, paper: Paper) -> None:
        async with self._turn:
            await asyncio.to_thread(self._store.overrule, [paper])


def sort_papers(papers: Iterable[Paper], stored: Mapping[str, Paper]) -> SortedPapers:
    """Compare with what is stored; of a paper that comes twice the later word counts."""
    merged: dict[str, Paper] = {}
    new: list[str] = []
    revised: list[str] = []
    known: list[str] = []
    for paper in {paper.paper_id: paper for paper in papers}.values():
        old = stored.get(paper.paper_id)
        if old is None:
            new.append(paper.paper_id)
            merged[paper.paper_id] = paper
        elif is_older(paper, old):
            known.append(paper.paper_id)
        else:
            (revised if is_revised(paper, old) else known).append(paper.paper_id)
            later = following(paper, old)
            if replace(later, harvested_at=old.harvested_at, source=old.source) != old:
                merged[paper.paper_id] = later
    return SortedPapers(tuple(merged.values()), tuple(new), tuple(revised), tuple(known))


def is_older(paper: Paper, old: Paper) -> bool:
    """Days are compared, because OAI-PMH tells no time of day."""
    return paper.updated_at is not None and old.updated_at is not None and _day(paper) < _day(old)


def is_revised(paper: Paper, old: Paper) -> bool:
    """Whether there is a new version, or title or abstract mean something else; how they are written does not count."""
    if _is_new_version(paper, old):
        return True
    return not (says_the_same(paper.title, old.title) and says_the_same(paper.abstract, old.abstract))


def following(paper: Paper, old: Paper) -> Paper:
    """The paper with what can be known of its history: the prefix `arXiv` tells no version, so it counts up from the
    stored one where a version was submitted after the newest we saw.

    That is a lower bound, which `Catalogue.correct_version` corrects when arXiv names the version. A text that was
    corrected without a submission is no version.
    """
    version, version_known = _version(paper, old)
    published_at, published_known = _first_day(paper, old)
    return replace(
        paper,
        version=version,
        version_known=version_known,
        version_at=max(filter(None, (paper.version_at, old.version_at)), default=None),
        published_at=published_at,
        published_known=published_known,
    )


def with_history(paper: Paper, history: History) -> Paper:
    """The paper with its exact history."""
    return replace(
        paper,
        version=history.version,
        version_known=True,
        version_at=history.newest_at or paper.version_at,
        published_at=history.first_at or paper.published_at,
        published_known=paper.published_known or history.first_at is not None,
    )


def _version(paper: Paper, old: Paper) -> tuple[int, bool]:
    if paper.version_known:
        return max(paper.version, old.version if old.version_known else 1), True
    if _is_new_version(paper, old):
        return old.version + 1, False
    return max(old.version, paper.version), old.version_known


def _is_new_version(paper: Paper, old: Paper) -> bool:
    """Whether a version was submitted after the one that is stored. Where its day is not known, the last change was
    no earlier."""
    if paper.version_known and old.version_known:
        return paper.version > old.version
    seen = old.version_at or old.updated_at
    return paper.version_at is not None and seen is not None and paper.version_at.date() > seen.date()


def _first_day(paper: Paper, old: Paper) -> tuple[datetime | None, bool]:
    for told in (paper, old):
        if told.published_known:
            return told.published_at, True
    return min((day for day in (paper.published_at, old.published_at) if day is not None), default=None), False


def _day(paper: Paper) -> date:
    return paper.updated_at.date() if paper.updated_at else date.min
