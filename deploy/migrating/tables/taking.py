"""A Parquet table taken over: papers into months, vectors into years, a few thousand rows at a time."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyarrow as pa

from deploy.migrating.manifest import FileEntry
from deploy.migrating.tables.arrow_texts import as_texts
from deploy.migrating.tables.column_rows import ColumnRows, batches, open_table
from deploy.migrating.tables.month_spill import MonthSpill, is_later
from deploy.migrating.tables.paper_lines import paper_lines, read_ids
from deploy.migrating.tables.paper_rows import SOURCE
from deploy.migrating.tables.seen_ids import SeenIds
from deploy.migrating.tables.table_schema import TableSchema, VectorColumn
from deploy.migrating.tables.vector_columns import VectorColumnTaker, VectorTarget
from shared.paper_ids import month_of
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.rows import Paper, decode_rows

_BATCHES_BEHIND = 2
_FEW = 0.05
OnRows = Callable[[int], None]
"""Told how many more rows were read."""


@dataclass(frozen=True)
class Terms:
    """What holds for all tables of a migration: where to, when it began, under which name files are remembered.

    `targets` by column; `wanted` are ids of papers that somebody wants to know of. Without `drafts` nothing is written.
    `is_resumed`: this table was interrupted, and what is stored of it counts as taken now. `is_again`: it was taken
    before, so what is stored may be its own. `seen`: in a dry run, the papers of the tables before it.
    """

    data: DataFolder
    metadata: MetadataStore
    started_at: datetime
    drafts: Path | None = None
    targets: Mapping[str, VectorTarget] = field(default_factory=dict)
    wanted: frozenset[str] = frozenset()
    is_resumed: bool = False
    is_again: bool = False
    seen: SeenIds | None = None

    def is_of_this_migration(self, row: bytes) -> bool:
        """Whether a stored row of metadata came with another table of this migration."""
        return not self.is_again and f",{SOURCE},{self.started_at.isoformat()},".encode() in row


@dataclass(frozen=True)
class TakenTable:
    """`seen` are the wanted papers that the table has, `unsorted` the years of vectors to be sorted, by alias."""

    seen: frozenset[str]
    unsorted: Mapping[str, Sequence[int]]


def take_table(path: Path, schema: TableSchema, entry: FileEntry, terms: Terms, on_rows: OnRows) -> TakenTable:
    """Take a whole table; `entry` is filled with what became of it. Raises PapersysError, OSError, pa.ArrowException.

    A table that is interrupted is taken anew from its beginning: what it had stored is not stored twice.
    """
    taker = _TableTaker(path, schema, entry, terms)
    try:
        with open_table(path) as table:
            for batch in batches(table, [*schema.papers.values()]):
                taker.take(batch)
                on_rows(batch.num_rows)
        return taker.finish()
    except BaseException:
        taker.discard()
        raise


class _TableTaker:
    """Papers are read in this thread, each column of vectors beside it in one of its own."""

    def __init__(self, path: Path, schema: TableSchema, entry: FileEntry, terms: Terms) -> None:
        self._schema, self._entry, self._terms = schema, entry, terms
        self._seen: set[str] = set()
        self._spill = MonthSpill(terms.drafts / "months") if terms.drafts is not None else None
        columns = [column for column in schema.vectors if column.column in terms.targets]
        self._vectors = [_VectorThread(path, self._vector_taker(column)) for column in columns]

    def take(self, batch: pa.RecordBatch) -> None:
        names = batch.schema.names
        columns = {name: batch.column(names.index(column)) for name, column in self._schema.papers.items()}
        read = read_ids(columns.pop("id"))
        early = [each for each in self._vectors if not (each.taker.needs_papers and self._schema.has_papers)]
        for thread in early:
            thread.take(read.ids)
        self._entry.repaired += read.repaired
        remarks = list(read.remarks.items())
        if self._schema.has_papers:
            told = paper_lines(read, columns, self._terms.started_at)
            remarks += told.remarks.items()
            self._put_aside(read.ids, told.lines)
            for thread in self._vectors:
                if thread not in early:
                    thread.take(read.ids, told.lines)
        else:
            self._entry.refused += read.ids.count("")
            self._seen.update(filter(None, read.ids))
        for row, text in sorted(remarks, key=itemgetter(0)):
            self._entry.note(f"row {self._entry.rows + row + 1}: {text}")
        self._entry.rows += batch.num_rows

    def finish(self) -> TakenTable:
        """Store what was read: metadata month by month, beside it the vectors of each column at once."""
        unsorted = {thread.taker.entry.alias: thread.commit() for thread in self._vectors}
        self._finish_papers()
        years = {alias: work.result() for alias, work in unsorted.items()}
        for thread in self._vectors:
            thread.close()
            self._note_odd_lengths(thread.taker)
            self._entry.vectors[thread.taker.column.column] = thread.taker.entry
        return TakenTable(self._terms.wanted & self._seen, years)

    def discard(self) -> None:
        for thread in self._vectors:
            thread.discard()
        if self._spill is not None:
            self._spill.remove()

    def _vector_taker(self, column: VectorColumn) -> VectorColumnTaker:
        terms = self._terms
        drafts = terms.drafts / f"vectors-{column.alias}" if terms.drafts is not None else None
        made = (f"migrated: {self._entry.name}", terms.started_at)
        return VectorColumnTaker(
            terms.data, column, terms.targets[column.column], made, drafts, is_resumed=terms.is_resumed
        )

    def _note_odd_lengths(self, taker: VectorColumnTaker) -> None:
        """Few pages of Parquet have checksums: numbers that were damaged are told by their length alone."""
        scaled, there = taker.entry.scaled, taker.entry.rows - taker.entry.missing - taker.entry.wrong_length
        if 0 < scaled < _FEW * there:
            self._entry.note(
                f"{taker.column.column}: {scaled:,} of {there:,} vectors are not of length 1 as the others are; "
                "the file may be damaged there"
            )

    def _put_aside(self, ids: Sequence[str], lines: pa.Array) -> None:
        """The new papers wait for their month."""
        is_there = lines.is_valid()
        kept = as_texts(ids).filter(is_there)
        names = kept.to_pylist()
        self._entry.refused += len(ids) - len(names)
        before = len(self._seen)
        self._seen.update(names)
        self._entry.doubled += len(names) - (len(self._seen) - before)
        if self._spill is not None and names:
            self._spill.add(kept, lines.filter(is_there))

    def _finish_papers(self) -> None:
        if not self._schema.has_papers:
            return
        if self._spill is None:
            for month, ids in groupby(sorted(self._seen, key=month_of), month_of):
                self._count_unstored(set(ids), self._terms.metadata.rows(month))
            return
        for month, rows in self._spill.months():
            self._store(rows, self._terms.metadata.rows(month))
        self._spill.remove()

    def _store(self, rows: Mapping[str, bytes], stored: Mapping[str, bytes]) -> None:
        """Store a month's rows that are new; of what several tables of this migration say, the latest."""
        there = {paper_id: stored[paper_id] for paper_id in rows if paper_id in stored}
        ours = {paper_id for paper_id, row in there.items() if self._terms.is_resumed and row == rows[paper_id]}
        doubled = {
            paper_id
            for paper_id, row in there.items()
            if paper_id not in ours and self._terms.is_of_this_migration(row)
        }
        fresh = {paper_id: row for paper_id, row in rows.items() if paper_id not in there}
        later = {paper_id: rows[paper_id] for paper_id in doubled if is_later(rows[paper_id], there[paper_id])}
        self._count(kept=len(fresh) + len(ours), doubled=len(doubled), known=len(there) - len(ours) - len(doubled))
        self._terms.metadata.put_rows({**fresh, **later})

    def _count_unstored(self, ids: set[str], stored: Mapping[str, bytes]) -> None:
        there = {paper_id for paper_id in ids if paper_id in stored}
        fresh = ids - there
        doubled = self._terms.seen.add(fresh) if self._terms.seen is not None else 0
        self._count(kept=len(fresh) - doubled, doubled=doubled, known=len(there))

    def _count(self, *, kept: int, doubled: int, known: int) -> None:
        self._entry.kept += kept
        self._entry.doubled += doubled
        self._entry.known += known


class _VectorThread:
    """One column of vectors, taken batch by batch in a thread of its own, at most a few batches behind."""

    def __init__(self, path: Path, taker: VectorColumnTaker) -> None:
        self.taker = taker
        self._rows = ColumnRows(path, taker.column.column)
        self._pool = ThreadPoolExecutor(1)
        self._at_work: deque[Future[None]] = deque()

    def take(self, ids: Sequence[str], lines: pa.Array | None = None) -> None:
        """The next rows of the column are of these papers; `lines` of metadata where its taker needs papers."""
        if len(self._at_work) >= _BATCHES_BEHIND:
            self._at_work.popleft().result()
        self._at_work.append(self._pool.submit(self._take, ids, lines))

    def commit(self) -> Future[list[int]]:
        """Make all of it part of the set; the years whose rows are not sorted. Raises what went wrong before."""
        for work in self._at_work:
            work.result()
        return self._pool.submit(self.taker.commit)

    def discard(self) -> None:
        self.close()
        self.taker.discard()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._rows.close()

    def _take(self, ids: Sequence[str], lines: pa.Array | None) -> None:
        papers = [] if lines is None else list(map(_paper, lines.to_pylist()))
        self.taker.take(ids, papers, self._rows.take(len(ids)))


def _paper(line: str | None) -> Paper | None:
    return decode_rows(line.encode())[0] if line else None
