"""Metadata of papers: `metadata/<YYYY-MM>.csv` by month of the arXiv id, RFC 4180, sorted by id. The fetcher writes.

A month is kept as its rows and a row is read when it is asked for: storing papers costs those papers and one writing of
each month they touch. A few papers of a month that is not kept are looked up in its file, which is sorted. Safe to use
from several threads. A row that cannot be read is logged and counted, its paper passes for one that is not stored; the
next writing of its month puts it into `metadata/unreadable/`.
"""

import logging
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from shared.paper_ids import month_of
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.papers.metadata_lookup import find_rows
from shared.store.papers.month_rows import MonthRows, count_rows, decode_readable, name_of, read_papers, read_rows
from shared.store.papers.rows import (
    COLUMNS,
    HEADER,
    Paper,
    cut_rows,
    encode_rows,
    utf8_of,
    whole_row,
    write_papers,
)

__all__ = ["COLUMNS", "MetadataStore", "Paper", "Stored", "read_papers", "write_papers"]

log = logging.getLogger(__name__)

_CACHED_BYTES = 48 * 1024**2
_FEW_OF_A_MONTH = 500
_NOTHING = FileStamp(0, 0, 0)


@dataclass(frozen=True)
class Stored:
    """What `put` did with each paper."""

    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


@dataclass
class _Month:
    """`content` holds each paper's CSV line; `stamp` is the file they came from."""

    stamp: FileStamp = _NOTHING
    content: MonthRows = field(default_factory=MonthRows)
    size: int = 0

    @property
    def rows(self) -> dict[str, bytes]:
        return self.content.rows


@dataclass
class _Kinds:
    new: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)


class MetadataStore:
    """All papers that were harvested."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._turn = threading.RLock()
        self._cache: OrderedDict[str, _Month] = OrderedDict()
        self._counts: dict[str, tuple[FileStamp | None, int]] = {}
        self._in_order: dict[str, FileStamp] = {}
        self._unreadable: dict[str, tuple[str, ...]] = {}
        self._read: tuple[str, FileStamp, list[Paper]] = ("", _NOTHING, [])

    def put(self, papers: Iterable[Paper]) -> Stored:
        """Store papers; a newer version replaces an older, never the reverse. The same again changes no byte."""
        newest: dict[str, Paper] = {}
        for paper in papers:
            rival = newest.get(paper.paper_id)
            newest[paper.paper_id] = paper if rival is None or paper.version >= rival.version else rival
        return self.put_rows(dict(cut_rows(utf8_of(encode_rows(newest.values())))))

    def put_rows(self, rows: Mapping[str, bytes], *, overrule: bool = False) -> Stored:
        """As `put`, of papers by id as rows of `encode_rows`; with `overrule` also where less was said before."""
        kinds = _Kinds()
        with self._turn, self._data.lock("metadata"):
            self._remove_drafts()
            for month_name, paper_ids in sorted(_by_month(rows).items()):
                incoming = {paper_id: whole_row(rows[paper_id]) for paper_id in paper_ids}
                self._put_month(month_name, incoming, kinds, overrule)
        return Stored(tuple(kinds.new), tuple(kinds.revised), tuple(kinds.known))

    def overrule(self, papers: Iterable[Paper]) -> None:
        """Store papers as they are told exactly in place of what was taken for it, be it less."""
        self.put_rows(dict(cut_rows(utf8_of(encode_rows(papers)))), overrule=True)

    def get(self, paper_ids: Iterable[str]) -> dict[str, Paper]:
        """The papers that are stored, by id; unknown ids are left out."""
        by_month = _by_month(paper_ids).items()
        papers = [paper for month_name, wanted in by_month for paper in self._papers(month_name, wanted)]
        return {paper.paper_id: paper for paper in papers}

    def has(self, paper_ids: Iterable[str]) -> set[str]:
        """Those of the ids that are stored."""
        with self._turn:
            return {
                paper_id
                for month_name, wanted in _by_month(paper_ids).items()
                for paper_id in self._month(month_name).rows.keys() & set(wanted)
            }

    def months(self) -> list[str]:
        """The months that have papers, as `YYYY-MM`, oldest first."""
        return sorted(path.stem for path in self._data.path("metadata").glob("????-??.csv"))

    def month(self, month_name: str) -> list[Paper]:
        """A month's papers, by id."""
        with self._turn:
            month = self._month(month_name)
            if self._read[:2] != (month_name, month.stamp):
                papers = self._decoded(month_name, month)
                self._read = (month_name, month.stamp, papers)
            return list(self._read[2])

    def rows(self, month_name: str) -> Mapping[str, bytes]:
        """A month's rows of CSV by id, each with its end: what changed can be told without reading the papers."""
        with self._turn:
            return self._month(month_name).rows

    def stamps(self) -> dict[str, str]:
        """For each month a text that changes whenever its file does; costs only a look at the files."""
        paths = sorted(self._data.path("metadata").glob("????-??.csv"))
        stamps = ((path.stem, stamp_of(path)) for path in paths)
        return {name: str(stamp) for name, stamp in stamps if stamp is not None}

    def all(self) -> Iterator[Paper]:
        """Every paper, month by month."""
        for month_name in self.months():
            yield from self.month(month_name)

    def count(self) -> int:
        """How many papers there are; a month is read once, and again only when its file has changed."""
        with self._turn:
            return sum(self._count_of(name) for name in self.months())

    def unreadable(self) -> dict[str, tuple[str, ...]]:
        """The names of rows that could not be read, by month, as far as months were read."""
        with self._turn:
            return dict(self._unreadable)

    def fingerprint(self) -> str:
        """Changes whenever a paper is stored or changed; costs only a look at the files."""
        return ";".join(f"{month_name}.csv:{stamp}" for month_name, stamp in self.stamps().items())

    def _papers(self, month_name: str, wanted: list[str]) -> list[Paper]:
        """The stored ones of some papers of a month, in their order."""
        stamp = stamp_of(self._path(month_name))
        kept = self._cache.get(month_name)
        if stamp is not None and len(wanted) <= _FEW_OF_A_MONTH and (kept is None or kept.stamp != stamp):
            rows = find_rows(self._path(month_name), wanted)
            found = decode_readable(MonthRows(dict(rows)))
            if len(found) == len(wanted) or (len(found) == len(rows) and self._in_order.get(month_name) == stamp):
                return found
        with self._turn:
            month = self._month(month_name)
            return self._decoded(month_name, month, [paper_id for paper_id in wanted if paper_id in month.rows])

    def _path(self, month_name: str) -> Path:
        return self._data.path("metadata", f"{month_name}.csv")

    def _count_of(self, month_name: str) -> int:
        stamp = stamp_of(self._path(month_name))
        counted, count = self._counts.get(month_name, (None, 0))
        if stamp is None:
            return 0
        if counted != stamp:
            rows = count_rows(self._path(month_name))
            count = len(self._month(month_name).rows) if rows is None else rows
            self._counts[month_name] = (stamp, count)
        return count

    def _month(self, month_name: str) -> _Month:
        stamp = stamp_of(self._path(month_name))
        if stamp is None:
            return _Month()
        cached = self._cache.get(month_name)
        if cached is None or cached.stamp != stamp:
            cached = _Month(stamp, read_rows(self._path(month_name)), stamp.size)
            if not cached.content.unreadable and list(cached.rows) == sorted(cached.rows):
                self._in_order[month_name] = stamp
            self._unreadable.pop(month_name, None)
            self._log_unreadable(month_name, cached)
        self._remember(month_name, cached)
        return cached

    def _remember(self, month_name: str, month: _Month) -> None:
        """Keep a month, and forget those that were used least where all take too much memory."""
        self._cache[month_name] = month
        self._cache.move_to_end(month_name)
        while len(self._cache) > 1 and sum(kept.size for kept in self._cache.values()) > _CACHED_BYTES:
            self._cache.popitem(last=False)

    def _remove_drafts(self) -> None:
        """What a killed writer left; the caller is the one writer."""
        for draft in self._data.path("metadata").glob(".*.tmp"):
            draft.unlink(missing_ok=True)

    def _put_month(self, month_name: str, incoming: Mapping[str, bytes], kinds: _Kinds, overrule: bool) -> None:
        stored = self._month(month_name)
        changed = dict(self._changes(month_name, stored, incoming, kinds, overrule))
        if not changed:
            return
        rows = dict(sorted({**stored.rows, **changed}.items()))
        self._set_aside(month_name, stored.content.unreadable)
        path = self._path(month_name)
        with self._data.replacing(path) as draft, draft.open("wb") as file:
            file.write(HEADER)
            file.writelines(rows.values())
        stamp = stamp_of(path) or _NOTHING
        self._unreadable.pop(month_name, None)
        self._remember(month_name, _Month(stamp, MonthRows(rows), stamp.size))

    def _changes(
        self,
        month_name: str,
        stored: _Month,
        incoming: Mapping[str, bytes],
        kinds: _Kinds,
        overrule: bool,
    ) -> Iterator[tuple[str, bytes]]:
        for paper_id, row in incoming.items():
            before = self._decoded(month_name, stored, [paper_id]) if paper_id in stored.rows else []
            if not before:
                kinds.new.append(paper_id)
                yield paper_id, row
                continue
            told = decode_readable(MonthRows({paper_id: row}))
            if not told:
                continue
            (old,), (paper,) = before, told
            is_later = paper != old if overrule else supersedes(paper, old)
            is_rewritten = is_later and (paper.title, paper.abstract) != (old.title, old.abstract)
            (kinds.revised if is_rewritten else kinds.known).append(paper_id)
            if is_later:
                yield paper_id, row

    def _decoded(self, month_name: str, month: _Month, paper_ids: list[str] | None = None) -> list[Paper]:
        papers = decode_readable(month.content, paper_ids)
        self._log_unreadable(month_name, month)
        return papers

    def _log_unreadable(self, month_name: str, month: _Month) -> None:
        """Say in the log which rows could not be read since the last time."""
        logged = self._unreadable.get(month_name, ())
        fresh = tuple(name_of(row) for row in month.content.unreadable[len(logged) :])
        for name in fresh:
            text = "A row of %s cannot be read and is left out: %s. Its paper can be fetched again."
            log.error(text, self._path(month_name), name, extra={"action": "row_unreadable"})
        if fresh:
            self._unreadable[month_name] = logged + fresh

    def _set_aside(self, month_name: str, rows: list[bytes]) -> None:
        """Keep what cannot be read where no reader looks; killed in between, it is there already."""
        path = self._data.path("metadata", "unreadable", f"{month_name}.csv")
        kept = path.read_bytes() if rows and path.exists() else b""
        fresh = b"".join(row for row in rows if row not in kept)
        if fresh:
            self._data.append_at(path, len(kept), fresh)


def _by_month(paper_ids: Iterable[str]) -> dict[str, list[str]]:
    by_month: dict[str, list[str]] = defaultdict(list)
    for paper_id in dict.fromkeys(paper_ids):
        by_month[month_of(paper_id)].append(paper_id)
    return by_month


def supersedes(paper: Paper, old: Paper) -> bool:
    """Whether `paper` says more or later things than `old`; when and by which way it was harvested does not count."""
    if paper.version != old.version:
        return paper.version > old.version
    if paper.updated_at and old.updated_at and paper.updated_at.date() < old.updated_at.date():
        return False
    return replace(paper, harvested_at=old.harvested_at, source=old.source) != old
