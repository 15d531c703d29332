"""Which papers each selection has: `state/selections/<YYYY-MM>.parquet`, by month of their days. Derived.

Of other users than the owner it lies in `state/selections/users/<user>/`.

To look for a paper in a year of selections, hundreds of small files would be opened; so the ids of a month's files lie
together, each file with its time and size. What is not noted, or was changed since, is read from the file itself.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_cache import FileCache

_SCHEMA = pa.schema(
    [("file", pa.string()), ("changed_at", pa.int64()), ("size", pa.int64()), ("paper_ids", pa.list_(pa.string()))]
)
_FILES_KEPT = 100_000


class Noted(NamedTuple):
    """The ids of a selection whose file was changed at (in nanoseconds) and had this size."""

    changed_at: int
    size: int
    paper_ids: pa.Array


class SelectionIndex:
    """Read by everybody, written with a selection by the one who writes these."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._months = FileCache(_read, len, _FILES_KEPT)

    def ids(self, path: Path) -> pa.Array | None:
        """The papers of a selection, where they are noted as its file is now."""
        noted = self._month(path).get(_name(path))
        return noted.paper_ids if noted is not None and _stamp(path) == noted[:2] else None

    def has(self, month: str, place: tuple[str, ...] = ()) -> bool:
        """Whether anything is noted of a month (`YYYY-MM`) at a user's place (`users`, folder; none: the owner's)."""
        return self._path(month, place).exists()

    def note(
        self, month: str, paths: Iterable[Path], read: Callable[[Path], pa.Array | None], place: tuple[str, ...] = ()
    ) -> None:
        """Note the selections of a month (`YYYY-MM`); what cannot be written now is left for the next time."""
        rows = []
        for path in paths:
            stamp, paper_ids = _stamp(path), self.ids(path)
            paper_ids = read(path) if paper_ids is None else paper_ids
            if stamp is not None and paper_ids is not None:
                rows.append((_name(path), *stamp, paper_ids.to_pylist()))
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in _SCHEMA]
        table = pa.table([pa.array(column, kind.type) for column, kind in zip(columns, _SCHEMA, strict=True)], _SCHEMA)
        with contextlib.suppress(PapersysError, OSError), self._data.replacing(self._path(month, place)) as draft:
            pq.write_table(table, draft)

    def gone(self) -> list[Path]:
        """The noted selections whose files are not there any more."""
        noted, selections = self._data.path("state", "selections"), self._data.path("selections")
        listed = [
            (month.parent.relative_to(noted), name)
            for month in sorted(noted.rglob("????-??.parquet"))
            for name in _read(month) or ()
        ]
        return [
            selections / place / name
            for place, name in listed
            if not (selections / place / name).exists() and not (selections / name).exists()
        ]

    def forget(self, place: tuple[str, ...] = ()) -> None:
        """Remove what is noted at a user's place."""
        for path in self._path("", place).parent.glob("????-??.parquet"):
            path.unlink(missing_ok=True)

    def is_readable(self, path: Path) -> bool:
        """Whether a file of the index is one."""
        return not path.exists() or _read(path) is not None

    def _month(self, path: Path) -> Mapping[str, Noted]:
        place = path.parent.parent.relative_to(self._data.path("selections")).parts
        return self._months.get(self._path(path.parent.name[:7], place)) or {}

    def _path(self, month: str, place: tuple[str, ...]) -> Path:
        return self._data.path("state", "selections", *place, f"{month}.parquet")


def _read(path: Path) -> dict[str, Noted] | None:
    try:
        with pa.OSFile(str(path)) as content, pq.ParquetFile(content, pre_buffer=False) as file:
            table = file.read(use_threads=False).combine_chunks()
        files, times, sizes = (table.column(name).to_pylist() for name in ("file", "changed_at", "size"))
        ids = table.column("paper_ids")
    except (pa.ArrowException, OSError, ValueError, KeyError):
        return None
    return {
        name: Noted(changed_at, size, ids[row].values)
        for row, (name, changed_at, size) in enumerate(zip(files, times, sizes, strict=True))
    }


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
