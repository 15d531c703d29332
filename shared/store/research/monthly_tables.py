"""Tables by month of the paper's id: `<YYYY-MM>.parquet`, newer parts beside it, and `manifest.json`, the commit point.

A data file is complete before the manifest names it, and none that the manifest names is ever changed: a process that
is killed at any moment leaves the old state or the new one. A new paper is a small part; parts of like size become
one, so that each row is written again a few times only (an LSM-tree with size-tiered merges, O'Neil et al. 1996).
"""

import hashlib
import math
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_cache import FileCache
from shared.store.files.hard_links import link_or_copy
from shared.store.research.table_manifest import FILE_NAME, TableFile, TablesManifest, next_name, read_tables_manifest
from shared.store.research.table_rows import ID, KeyRows

_OURS = re.compile(r"(?:\d{4}-\d{2}|local)(?:\.part-\d+)?\.parquet")
_FAN_IN = 8
_SMALL_PART_ROWS = 128
_ROW_GROUP = 128
_KEPT_ROWS = 500_000
_ATTEMPTS = 5
T = TypeVar("T")
IsGone = Callable[[pa.Table], NDArray[np.bool_]]


class MonthlyTables:
    """One dataset: a folder of tables with the same columns. One writer at a time, by a lock; readers never wait.

    `heavy` columns are read only of the rows that are asked for. `made_by` names the column with what made a row.
    """

    def __init__(
        self,
        data: DataFolder,
        folder: Path,
        schema: pa.Schema,
        *,
        lock: str,
        heavy: Collection[str],
        made_by: str = "",
        facts: Mapping[str, Any] | None = None,
        compression: str = "zstd",
    ) -> None:
        self.folder = folder
        self._data, self._schema, self._lock = data, schema, lock
        self._made_by, self._facts, self._compression = made_by, dict(facts or {}), compression
        self._heavy = frozenset(heavy)
        self._read = FileCache(lambda path: KeyRows(path, heavy), len, _KEPT_ROWS)

    # -- reading

    def manifest(self) -> TablesManifest:
        return read_tables_manifest(self.folder / FILE_NAME) or TablesManifest(self._facts)

    def months(self) -> list[str]:
        return sorted({file.month for file in self.manifest().files})

    def count(self) -> int:
        return sum(file.rows for file in self.manifest().files)

    def keys(self, months: Iterable[str] | None = None) -> pa.Table:
        """The light columns of all rows, or of some months'."""
        names = [name for name in self._schema.names if name not in self._heavy]
        empty = self._schema.empty_table().select(names)
        return pa.concat_tables([empty, *self._gather(months, lambda rows: rows.keys.select(names))])

    def rows_where(self, month: str, column: str, value: str) -> pa.Table:
        """Whole rows of a month in which a light column has a value."""

        def pick(rows: KeyRows) -> pa.Table:
            return rows.rows(np.flatnonzero(pc.equal(rows.keys.column(column), value).to_numpy(zero_copy_only=False)))

        return pa.concat_tables([self._schema.empty_table(), *self._gather([month], pick)])

    def rows_of(self, ids: Sequence[str], months: Iterable[str] | None = None) -> pa.Table:
        """Whole rows of these ids, as far as they are there, in no order."""
        tables = self._gather(months, lambda rows: rows.rows(rows.find(ids)))
        return pa.concat_tables([self._schema.empty_table(), *tables])

    def has(self, ids: Sequence[str], months: Iterable[str] | None = None) -> set[str]:
        """Which of these ids are there."""
        tables = self._gather(months, lambda rows: rows.keys.select([ID]).take(pa.array(rows.find(ids), pa.int64())))
        return {name for table in tables for name in table.column(ID).to_pylist()}

    def blocks(self) -> Iterator[pa.Table]:
        """All rows, file by file."""
        for month in self.months():
            yield from self._gather([month], lambda rows: rows.rows(np.arange(len(rows))))

    # -- writing

    def add(self, month: str, table: pa.Table) -> None:
        """Store rows whose ids are not there. Raises TemporaryFailure where the disk is full; the old state stands."""
        if not table.num_rows:
            return
        with self._data.lock(self._lock):
            manifest = self._writable()
            file = self._write(next_name(manifest, month), table)
            self._commit(manifest := manifest.with_files((), file))
            self._merge(manifest, month)

    def replace(self, month: str, is_gone: IsGone, table: pa.Table | None = None) -> int:
        """In place of the rows that go, by their light columns, store others; returns how many went."""
        with self._data.lock(self._lock):
            manifest = self._writable()
            old = manifest.of_month(month)
            opened = [self._open(file) for file in old]
            kept = [rows.rows(np.flatnonzero(~is_gone(rows.keys))) for rows in opened]
            count = sum(len(rows) for rows in opened) - sum(int(part.num_rows) for part in kept)
            if count or table is not None:
                merged = pa.concat_tables([self._schema.empty_table(), *kept, *([table] if table is not None else [])])
                self._put_in_place(manifest, month, old, merged)
            return count

    def remove(self, month: str, ids: Collection[str]) -> int:
        """Forget rows by their ids; returns how many there were."""
        gone = pa.array(sorted(ids), pa.string())
        if not len(gone) or month not in self.months():
            return 0
        return self.replace(
            month, lambda keys: pc.is_in(keys.column(ID), value_set=gone).to_numpy(zero_copy_only=False)
        )

    def start_anew(self) -> None:
        """Forget everything."""
        with self._data.lock(self._lock):
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- inside

    def _gather(self, months: Iterable[str] | None, work: Callable[[KeyRows], T]) -> list[T]:
        """What the work makes of each file; anew where a writer replaced files meanwhile."""
        wanted = None if months is None else set(months)
        for attempt in range(_ATTEMPTS):
            files = [file for file in self.manifest().files if wanted is None or file.month in wanted]
            try:
                return [work(self._open(file)) for file in files]
            except FileNotFoundError as error:
                if attempt == _ATTEMPTS - 1:
                    raise PapersysError(
                        f"{error.filename or self.folder} is gone, yet {self.folder / FILE_NAME} names it; "
                        "`papersys reconcile` makes it anew."
                    ) from error
        raise AssertionError

    def _open(self, file: TableFile) -> KeyRows:
        path = self.folder / file.name
        try:
            rows = self._read.get(path)
        except (pa.ArrowException, OSError, ValueError, TypeError, LookupError) as error:
            if isinstance(error, FileNotFoundError):
                raise
            raise PapersysError(f"{path} is damaged ({error}); `papersys reconcile` makes it anew.") from error
        if rows is None:
            raise FileNotFoundError(2, "gone", str(path))
        return rows

    def _writable(self) -> TablesManifest:
        """The manifest; what a killed writer left, which no manifest ever named, is removed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        manifest = self.manifest()
        named = {file.name for file in manifest.files}
        for path in self.folder.iterdir():
            if path.name not in named and _OURS.fullmatch(path.name):
                self._data.remove(path)
        return manifest

    def _commit(self, manifest: TablesManifest) -> None:
        self._data.write_text(self.folder / FILE_NAME, manifest.to_json())

    def _write(self, name: str, table: pa.Table) -> TableFile:
        path = self.folder / name
        plain = self._compression == "none"
        with self._data.replacing(path) as draft:
            pq.write_table(
                table, draft, row_group_size=_ROW_GROUP, compression=self._compression, use_dictionary=not plain
            )
            with draft.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        made_by = sorted(set(table.column(self._made_by).to_pylist())) if self._made_by else ()
        return TableFile(name, table.num_rows, digest, tuple(made_by))

    def _merge(self, manifest: TablesManifest, month: str) -> None:
        """Join the newest parts where enough of them are of like size, and again where that makes more of such."""
        files = manifest.of_month(month)
        newest = files[-_FAN_IN:]
        if len(newest) == _FAN_IN and len({_size_class(file) for file in newest}) == 1:
            joined = pa.concat_tables([opened.rows(np.arange(len(opened))) for opened in map(self._open, newest)])
            self._merge(self._put_in_place(manifest, month, newest, joined), month)

    def _put_in_place(
        self, manifest: TablesManifest, month: str, old: Sequence[TableFile], table: pa.Table
    ) -> TablesManifest:
        """One file in place of some of a month's, under the month's own name where it is all that the month has.

        The manifest still names the old ones, so the new one is committed under a part's name first.
        """
        new = [self._write(next_name(manifest, month), table)] if table.num_rows else []
        self._commit(manifest := manifest.with_files(old, *new))
        for file in old:
            self._data.remove(self.folder / file.name)
        if new and new[0].part and len(manifest.of_month(month)) == 1:
            own = replace(new[0], name=f"{month}.parquet")
            with self._data.replacing(self.folder / own.name) as draft:
                link_or_copy(self.folder / new[0].name, draft)
            self._commit(manifest := manifest.with_files(new, own))
            self._data.remove(self.folder / new[0].name)
        return manifest


def _size_class(file: TableFile) -> int:
    """Files of one class differ by no more than the number of parts that become one."""
    return int(math.log(max(file.rows, _SMALL_PART_ROWS) / _SMALL_PART_ROWS, _FAN_IN))
