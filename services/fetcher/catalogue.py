"""The store of metadata as the fetcher writes it: off the event loop, one write at a time, versions counted."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.store.metadata import MetadataStore, Paper, Stored
from shared.store.paper_rows import decode_rows


@dataclass(frozen=True)
class Sorted:
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

    async def sort(self, papers: Sequence[Paper], pending: Mapping[str, bytes] | None = None) -> Sorted:
        """Which of these are new, revised or known; `pending` are rows that will be stored. Nothing is stored."""
        ids = [paper.paper_id for paper in papers]
        stored = await self.get(ids)
        waiting = b"".join(pending[paper_id] for paper_id in ids if paper_id in pending) if pending else b""
        return sort_papers(papers, {**stored, **{paper.paper_id: paper for paper in decode_rows(waiting)}})

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
        """Note the version that arXiv's own file name tells; a lower one than known says nothing."""
        paper = (await self.get([paper_id])).get(paper_id)
        if paper is not None and version > paper.version:
            await self.put([replace(paper, version=version)])


def sort_papers(papers: Iterable[Paper], stored: Mapping[str, Paper]) -> Sorted:
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
            (revised if is_rewritten(paper, old) else known).append(paper.paper_id)
            later = following(paper, old)
            if replace(later, harvested_at=old.harvested_at, source=old.source) != old:
                merged[paper.paper_id] = later
    return Sorted(tuple(merged.values()), tuple(new), tuple(revised), tuple(known))


def is_older(paper: Paper, old: Paper) -> bool:
    """Days are compared, because OAI-PMH tells no time of day."""
    return paper.updated_at is not None and old.updated_at is not None and _day(paper) < _day(old)


def is_rewritten(paper: Paper, old: Paper) -> bool:
    """Whether title or abstract changed; other sources write the same text in other ways, so there the date decides."""
    if (paper.title, paper.abstract) == (old.title, old.abstract):
        return False
    if paper.source == old.source:
        return True
    return is_older(old, paper)


def following(paper: Paper, old: Paper) -> Paper:
    """The paper with the version that can be known: the prefix `arXiv` tells none, so it counts up from the stored one.

    It counts at a new text or a submission date after the last change we saw: a lower bound, which
    `Catalogue.correct_version` raises when arXiv names the version.
    """
    is_later = _submitted_after(paper, old.updated_at)
    version = old.version + 1 if is_rewritten(paper, old) or is_later else max(old.version, paper.version)
    first = min((day for day in (paper.published_at, old.published_at) if day is not None), default=None)
    return replace(paper, version=version, published_at=first)


def _day(paper: Paper) -> date:
    return paper.updated_at.date() if paper.updated_at else date.min


def _submitted_after(paper: Paper, seen_at: datetime | None) -> bool:
    return paper.published_at is not None and seen_at is not None and paper.published_at.date() > seen_at.date()
