"""The current rows of one year of vectors, over its files: who is in it and where each vector lies.

Numbers stay in the files until they are asked for; ids and places take some hundred bytes a paper.
"""

import bisect
import functools
import operator
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from shared.errors import PapersysError
from shared.store.vectors.manifest import VectorFile
from shared.store.vectors.parquet_floats import plain_floats

Matrix = NDArray[np.float32]
Places = NDArray[np.int64]

_BLOCK_ROWS = 8_192
_READERS = 4
_LEAST_ROWS_A_READER = 4_096


class Stale(Exception):
    """A file is not the one that the manifest names."""


class Floats(Protocol):
    """The vectors of one file."""

    def read_into(self, out: Matrix, first_row: int = 0) -> None: ...

    def rows_into(self, out: Matrix, rows: Places) -> None: ...


class FileRows:
    """One data file: its ids in file order, and its vectors; hashes of texts are read when they are asked for."""

    def __init__(self, path: Path, ids: list[str], floats: Floats) -> None:
        self.ids = ids
        self.floats = floats
        self._path = path

    @functools.cached_property
    def hashes(self) -> pa.Array:
        """The hash of the text of each vector. Raises FileNotFoundError, Stale, PapersysError."""
        return one_array(_column(self._path, "text_hash", len(self.ids)))


@dataclass(frozen=True)
class YearRows:
    """All current rows of one year, sorted by id. `places[i]` counts rows over the `parts` one after the other."""

    files: tuple[VectorFile, ...]
    ids: list[str]
    places: Places
    parts: tuple[FileRows, ...]
    dimension: int

    def find(self, paper_ids: Sequence[str]) -> tuple[list[str], Places]:
        """Those of these papers that are here, in this order, and where."""
        rows = [bisect.bisect_left(self.ids, paper_id) for paper_id in paper_ids]
        pairs = [
            (paper_id, row)
            for paper_id, row in zip(paper_ids, rows, strict=True)
            if self.ids[row : row + 1] == [paper_id]
        ]
        return [paper_id for paper_id, _ in pairs], self.places[[row for _, row in pairs]]

    def hashes(self, paper_ids: Sequence[str]) -> dict[str, str]:
        """The hash of the text that each vector was made of."""
        ids, places = self.find(paper_ids)
        hashes = pa.chunked_array([part.hashes for part in self.parts], pa.string()).take(pa.array(places))
        return dict(zip(ids, hashes.to_pylist(), strict=True))

    def gather(self, out: Matrix, places: Places) -> None:
        """Fill `out[i]` with the vector at `places[i]`."""
        for part, start in zip(self.parts, self._starts(), strict=True):
            mine = np.flatnonzero((places >= start) & (places < start + len(part.ids)))
            if len(mine) == len(places):
                part.floats.rows_into(out, places - start)
            elif len(mine):
                block = np.empty((len(mine), self.dimension), np.float32)
                part.floats.rows_into(block, places[mine] - start)
                out[mine] = block

    def copy_to(self, out: Matrix) -> None:
        """Fill `out` (papers x dimension) with every vector, in the order of the ids."""
        if len(self.parts) == 1 and _is_sequence(self.places):
            _in_parallel(len(out), lambda start, end: self.parts[0].floats.read_into(out[start:end], start))
            return
        target = np.full(sum(len(part.ids) for part in self.parts), -1)
        target[self.places] = np.arange(len(self.places))
        for part, first in zip(self.parts, self._starts(), strict=True):
            _scatter(part, target[first : first + len(part.ids)], out)

    def with_file(self, file: VectorFile, part: FileRows) -> "YearRows":
        """The same with the rows of one more file, which take the place of older ones."""
        files, parts = (*self.files, file), (*self.parts, part)
        if not parts[1:] and all(map(operator.lt, part.ids, part.ids[1:])):
            return YearRows(files, part.ids, np.arange(len(part.ids)), parts, self.dimension)
        start = int(sum(len(earlier.ids) for earlier in self.parts))
        news = {paper_id: start + row for row, paper_id in enumerate(part.ids)}
        names = sorted(news)
        rows = np.array([bisect.bisect_left(self.ids, name) for name in names], dtype=np.int64)
        is_present = np.array(
            [self.ids[row : row + 1] == [name] for name, row in zip(names, rows, strict=True)], dtype=bool
        )
        values = np.array([news[name] for name in names], dtype=np.int64)
        places = self.places.copy()
        places[rows[is_present]] = values[is_present]
        places = np.insert(places, rows[~is_present], values[~is_present])
        added = [name for name, was_present in zip(names, is_present, strict=True) if not was_present]
        return YearRows(files, sorted([*self.ids, *added]), places, parts, self.dimension)

    def _starts(self) -> Iterator[int]:
        start = 0
        for part in self.parts:
            yield start
            start += len(part.ids)


def load_year(folder: Path, files: tuple[VectorFile, ...], dimension: int, year: YearRows | None = None) -> YearRows:
    """The rows of these files; those of `known` are not read again where the files begin with its files.

    Raises FileNotFoundError or Stale when the files are not what the manifest says, PapersysError when damaged.
    """
    if year is None or year.dimension != dimension or files[: len(year.files)] != year.files:
        year = YearRows((), [], np.empty(0, np.int64), (), dimension)
    for file in files[len(year.files) :]:
        year = year.with_file(file, open_file(folder, file, dimension))
    return year


def open_file(folder: Path, file: VectorFile, dimension: int) -> FileRows:
    """One data file. Raises as `load_year`."""
    path = folder / file.name
    try:
        with path.open("rb") as content:
            floats = plain_floats(path, content, "embedding")
            ids = texts(_column(content, "paper_id", file.rows, file.name))
    except (pa.ArrowInvalid, OSError, TypeError, LookupError, ValueError) as error:  # a header with flipped bits is any
        if isinstance(error, FileNotFoundError):
            raise
        raise damaged(path, error) from error
    if floats is None or floats.width != dimension:
        return FileRows(path, ids, _ArrowFloats(path))
    return FileRows(path, ids, floats)


def _column(place: Any, name: str, rows: int, file_name: str = "") -> pa.ChunkedArray:
    try:
        column = pq.read_table(place, columns=[name]).column(0)
    except pa.ArrowInvalid as error:
        raise damaged(place, error) from error
    if len(column) != rows:
        raise Stale(f"{file_name or place} has {len(column)} rows instead of {rows}")
    return column


def damaged(path: object, error: Exception) -> PapersysError:
    return PapersysError(f"{path} is damaged ({error}); run `papersys verify embeddings`.")


def texts(column: pa.ChunkedArray) -> list[str]:
    """A column of ids as strings; by way of one long text, which is several times quicker than one by one."""
    if not len(column):
        return []
    array = one_array(column)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(array)], pa.int32()), array), "\n")
    return str(joined[0].as_py()).split("\n")


class _ArrowFloats:
    """The vectors of a file that was not written by this program as it is now: pyarrow reads any."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read_into(self, out: Matrix, first_row: int = 0) -> None:
        out[:] = self._matrix()[first_row : first_row + len(out)]

    def rows_into(self, out: Matrix, rows: Places) -> None:
        out[:] = self._matrix()[rows]

    def _matrix(self) -> Matrix:
        try:
            column = one_array(pq.read_table(self._path, columns=["embedding"]).column(0))
        except pa.ArrowInvalid as error:
            raise damaged(self._path, error) from error
        flat = column.flatten().to_numpy(zero_copy_only=False).astype(np.float32, copy=False)
        return flat.reshape(len(column), -1)  # type: ignore[no-any-return]


def one_array(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        return combined.chunk(0) if combined.num_chunks else pa.array([], type=column.type)
    return combined


def _is_sequence(places: Places) -> bool:
    return bool(np.array_equal(places, np.arange(len(places))))


def _scatter(part: FileRows, target: Places, out: Matrix) -> None:
    """Rows of a file to where `target` says; -1 is nowhere."""

    def move(start: int, end: int) -> None:
        for first in range(start, end, _BLOCK_ROWS):
            block = np.empty((min(_BLOCK_ROWS, end - first), out.shape[1]), np.float32)
            part.floats.read_into(block, first)
            wanted = target[first : first + len(block)]
            kept = wanted >= 0
            out[wanted[kept]] = block[kept]

    _in_parallel(len(part.ids), move)


def _in_parallel(count: int, work: Callable[[int, int], None]) -> None:
    """Call `work(start, end)` over ranges that together are `count`; large copies leave Python's lock alone."""
    readers = max(1, min(_READERS, os.cpu_count() or 1, count // _LEAST_ROWS_A_READER))
    bounds = [count * number // readers for number in range(readers + 1)]
    if readers == 1:
        work(0, count)
        return
    with ThreadPoolExecutor(readers) as pool:
        list(pool.map(work, bounds[:-1], bounds[1:]))
