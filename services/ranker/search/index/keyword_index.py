"""The words of all papers in a Tantivy index, a folder: `state/search/words`. Derived: it may be deleted at any time.

A commit is whole or, after a kill, not there at all. One process writes at a time, by a lock of the data folder; others
read the last commit. A paper that changed is deleted and added again; when many were, the index is rebuilt.

BM25: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.
Tantivy: https://github.com/quickwit-oss/tantivy
"""

import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import tantivy

from services.ranker.search.index.index_query import (
    exactly,
    failing_query,
    months_query,
    papers_query,
    passing_query,
    scored_query,
)
from services.ranker.search.index.index_writer import IndexWriter
from services.ranker.search.index.paper_documents import Numbers, day_of, open_index
from services.ranker.search.index.passing_papers import PassingPapers, passing_by_name
from services.ranker.search.query.filters import Filters
from services.ranker.search.query.parsed_query import Term
from shared.search.index_failures import broken_file, failing_clearly, segments_of
from shared.store.files.file_stamps import FileStamp, stamp_of

_FEW_NEVER = 100
_SHARE_OF_BEST = 0.3
_MOST_DELETED_SHARE = 0.25
_FEW_DELETED = 10_000
_COMMIT = "meta.json"
_MOST_MONTHS = 10_000
_LISTS_KEPT = 8
"""People ask several questions within the same filters, and look at several pages of one."""


class KeywordIndex:
    """One folder; threads and processes may read it while one of them writes. Nothing is opened before it is used.

    Every method raises Damaged, TemporaryFailure where the files cannot be used now, and PermanentFailure where the
    index is whole and what was asked is at fault.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._turn = threading.Lock()
        self._open: tuple[FileStamp, tantivy.Index, tantivy.Searcher] | None = None
        self._lists: OrderedDict[Filters, Numbers] = OrderedDict()

    @property
    def exists(self) -> bool:
        return (self.folder / _COMMIT).exists()

    def count(self) -> int:
        """How many papers can be found."""
        with self._reading() as searcher:
            return _count(searcher, papers_query()) if searcher else 0

    def stamps(self) -> dict[str, str]:
        """The stamp under which each month was last indexed in whole."""
        with self._reading() as searcher:
            hits = searcher.search(months_query(), _MOST_MONTHS, count=False).hits if searcher else []
            stored = (str(searcher.doc(address)["stamp"][0]) for _, address in hits) if searcher else iter(())
            return {month: stamp for month, _, stamp in (text.partition(" ") for text in stored)}

    def marks(self, month: str) -> dict[int, int]:
        """The marks of a month's papers, by the numbers that stand for their ids."""
        with self._reading() as searcher:
            if searcher is None:
                return {}
            hits = _all_hits(searcher, exactly("month", month))
            marks = searcher.fast_field_values("mark", [address for _, address in hits])
            return {number: int(mark or 0) for (number, _), mark in zip(hits, marks, strict=True)}

    def months(self) -> set[str]:
        """The months that have a paper here."""
        with self._reading() as searcher:
            if searcher is None:
                return set()
            names = (name for name, _ in searcher.terms_with_prefix("month", ""))
            return {name for name in names if _count(searcher, exactly("month", name))}

    def search(self, terms: tuple[Term, ...], filters: Filters, limit: int) -> list[str]:
        """Papers that have words of the terms and pass the filters, best first; of equally good ones the newest.

        Those that only have words that very many papers have are left out where others have more.
        """
        with self._reading() as searcher:
            if searcher is None or not terms:
                return []
            hits = _best_hits(searcher, terms, filters, limit)
            best = [(score, address) for score, address in hits if score >= _SHARE_OF_BEST * hits[0][0]]
            submitted = searcher.fast_field_values("submitted", [address for _, address in best])
            ordered = sorted(zip(best, submitted, strict=True), key=lambda both: (-both[0][0], -int(both[1] or 0)))
            return [_paper_id(searcher, address) for (_, address), _ in ordered]

    def passing(self, filters: Filters) -> PassingPapers:
        """The papers that pass the filters."""
        by_name = replace(Filters(), only=filters.only, never=filters.never)
        if filters == by_name:
            return passing_by_name(by_name)
        with self._reading() as searcher:
            if searcher is None:
                return PassingPapers(0, lambda: np.empty(0, np.int64))
            wanted = replace(filters, never=frozenset())
            count, total = _count(searcher, passing_query(wanted)), searcher.num_docs
        are_others = 2 * count > total
        return PassingPapers(count, lambda: self._listed(wanted, are_others), are_others, filters.never)

    def newest(self, filters: Filters, limit: int) -> list[str]:
        """The papers that pass the filters, latest submitted first."""
        with self._reading() as searcher:
            if searcher is None or limit < 1:
                return []
            hits = searcher.search(passing_query(filters), limit, count=False, order_by_field="submitted").hits
            return [_paper_id(searcher, address) for _, address in hits]

    def newest_day(self) -> date | None:
        """The latest day on which a paper was submitted; None where none is known."""
        with self._reading() as searcher:
            if searcher is None:
                return None
            hits = searcher.search(papers_query(), 1, count=False, order_by_field="submitted").hits
            return day_of(int(hits[0][0])) if hits else None

    @contextmanager
    def writing(self) -> Iterator[IndexWriter]:
        """What writes the index, made where there is none; the caller is the one writer.

        What was not committed at the end is lost.
        """
        if not self.exists:
            self.remove()
            self.folder.mkdir(parents=True, exist_ok=True)
        with failing_clearly(self.folder):
            writer = IndexWriter(self.folder)
        try:
            yield writer
        finally:
            writer.close()

    def is_worn(self) -> bool:
        """Whether so much of it is of papers that changed that it should be rebuilt."""
        segments = segments_of(self.folder)
        deleted = sum(segment["deletes"]["num_deleted_docs"] for segment in segments if segment["deletes"])
        return bool(deleted > max(_FEW_DELETED, _MOST_DELETED_SHARE * sum(segment["max_doc"] for segment in segments)))

    def broken_file(self) -> str:
        """Which file is not as it was written, and why; empty where all are. Reads everything."""
        return broken_file(self.folder)

    def remove(self) -> None:
        """Delete the folder; the caller is the one writer. Other processes notice and read the new one."""
        with self._turn:
            self._open = None
            (self.folder / _COMMIT).unlink(missing_ok=True)
            shutil.rmtree(self.folder, ignore_errors=True)

    def _listed(self, filters: Filters, are_others: bool) -> Numbers:
        """The numbers of the papers that pass, or of the others; the last few lists of a commit are kept."""
        lists = self._lists
        with self._reading() as searcher:
            if searcher is None:
                return np.empty(0, np.int64)
            numbers = lists.pop(filters, None)
            if numbers is None:
                query = failing_query(filters) if are_others else passing_query(filters)
                numbers = np.array([number for number, _ in _all_hits(searcher, query)], dtype=np.int64)
            lists[filters] = numbers
            while len(lists) > _LISTS_KEPT:
                lists.popitem(last=False)
            return numbers

    @contextmanager
    def _reading(self) -> Iterator[tantivy.Searcher | None]:
        """The papers of the last commit; None where nothing was committed."""
        with failing_clearly(self.folder):
            yield self._searcher()

    def _searcher(self) -> tantivy.Searcher | None:
        with self._turn:
            stamp = stamp_of(self.folder / _COMMIT)
            if stamp is None:
                self._open = None
                return None
            if self._open is None or self._open[0] != stamp:
                index = open_index(str(self.folder))
                index.reload()
                self._open, self._lists = (stamp, index, index.searcher()), OrderedDict()
            return self._open[2]


def _count(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    return int(getattr(searcher.search(query, 1, count=True), "count"))  # noqa: B009 - Tantivy's types lack it


def _all_hits(searcher: tantivy.Searcher, query: tantivy.Query) -> list[tuple[int, tantivy.DocAddress]]:
    """The papers of a query by the numbers that stand for their ids."""
    most = max(1, _count(searcher, query))
    return searcher.search(query, most, count=False, order_by_field="number").hits


def _best_hits(
    searcher: tantivy.Searcher, terms: tuple[Term, ...], filters: Filters, limit: int
) -> list[tuple[float, tantivy.DocAddress]]:
    """The best hits that pass. Papers never to be found are left out afterwards where that leaves enough: as a part of
    the question each of thousands would be looked up (50 ms for 5,000)."""
    if len(filters.never) > _FEW_NEVER:
        others = searcher.search(scored_query(terms, replace(filters, never=frozenset())), 2 * limit, count=False).hits
        passing = [hit for hit in others if _paper_id(searcher, hit[1]) not in filters.never]
        if len(passing) >= limit or len(others) < 2 * limit:
            return passing[:limit]
    return searcher.search(scored_query(terms, filters), limit, count=False).hits


def _paper_id(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> str:
    return str(searcher.doc(address)["paper_id"][0])
