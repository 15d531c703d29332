"""Vectors of papers, for reading: `embeddings/<alias>/<YYYY>.parquet` by year of the arXiv id, and small parts beside.

Readers read what the manifest names, never locks; `shared.store.embedding_writer` writes.
"""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from shared.errors import PapersysError
from shared.paper_ids import year_of
from shared.store.embedding_manifest import FILE_NAME, Manifest, Recipe, VectorFile, read_manifest
from shared.store.files import DataFolder

__all__ = ["Matrix", "Recipe", "VectorStore", "Vectors", "read_rows"]

Matrix = NDArray[np.float32]

_CACHED_BYTES = 512 * 1024**2
_BYTES_PER_ID = 300
_ATTEMPTS = 5
_NO_MATRIX: Matrix = np.empty((0, 0), dtype=np.float32)


class Vectors(NamedTuple):
    """`matrix[i]` is the vector of `ids[i]`: float32, n x dimension, rows of length 1."""

    ids: list[str]
    matrix: Matrix


@dataclass(frozen=True)
class _Year:
    """All current rows of one year, by id; an empty matrix where only ids and hashes were asked for."""

    files: tuple[VectorFile, ...]
    row_of: dict[str, int]
    hashes: list[str]
    matrix: Matrix

    @property
    def size(self) -> int:
        return len(self.row_of) * _BYTES_PER_ID + self.matrix.nbytes


class VectorStore:
    """The vectors of one model alias. Safe to use from several threads; sees what is written meanwhile."""

    def __init__(self, data: DataFolder, alias: str) -> None:
        self.alias = alias
        self.folder = data.path("embeddings", alias)
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._manifest: Manifest | None = None
        self._years: OrderedDict[tuple[int, bool], _Year] = OrderedDict()

    @property
    def manifest(self) -> Manifest | None:
        """What is stored; None where nothing is."""
        with self._lock:
            return self._current()

    @property
    def recipe(self) -> Recipe | None:
        """What made the stored vectors; None where there are none."""
        manifest = self.manifest
        return manifest.recipe if manifest else None

    def years(self) -> list[int]:
        """The years that have vectors, oldest first."""
        manifest = self.manifest
        return manifest.years if manifest else []

    def count(self) -> int:
        """How many papers have a vector; reads the manifest only."""
        manifest = self.manifest
        return manifest.count if manifest else 0

    def get(self, paper_ids: Iterable[str]) -> Vectors:
        """The vectors of these papers, in this order; ids without a vector are left out."""
        asked = list(paper_ids)
        years = {year: self._year(year, with_matrix=True) for year in sorted({year_of(one) for one in asked})}
        ids = [one for one in asked if one in years[year_of(one)].row_of]
        matrix = np.empty((len(ids), self._dimension()), dtype=np.float32)
        for position, paper_id in enumerate(ids):
            year = years[year_of(paper_id)]
            matrix[position] = year.matrix[year.row_of[paper_id]]
        return Vectors(ids, matrix)

    def all(self, years: Iterable[int] | None = None) -> Vectors:
        """Every vector (of these years), by year and id. Do not change the matrix: it may be shared."""
        wanted = self.years() if years is None else sorted(set(years))
        found = [self._year(year, with_matrix=True) for year in wanted]
        ids = [paper_id for year in found for paper_id in year.row_of]
        matrices = [year.matrix for year in found if len(year.matrix)]
        if len(matrices) == 1:
            return Vectors(ids, matrices[0])
        return Vectors(ids, np.concatenate(matrices) if matrices else np.empty((0, self._dimension()), np.float32))

    def has(self, paper_ids: Iterable[str]) -> set[str]:
        """Those of these papers that have a vector."""
        return set(self.hashes(paper_ids))

    def hashes(self, paper_ids: Iterable[str]) -> dict[str, str]:
        """The hash of the text that each paper's vector was made of; ids without a vector are left out."""
        by_year: dict[int, list[str]] = defaultdict(list)
        for paper_id in paper_ids:
            by_year[year_of(paper_id)].append(paper_id)
        found: dict[str, str] = {}
        for number, asked in by_year.items():
            year = self._year(number, with_matrix=False)
            found.update({one: year.hashes[year.row_of[one]] for one in asked if one in year.row_of})
        return found

    def ids(self, year: int) -> list[str]:
        """The papers of a year that have a vector, sorted."""
        return list(self._year(year, with_matrix=False).row_of)

    def _dimension(self) -> int:
        recipe = self.recipe
        return recipe.dimension if recipe else 0

    def _year(self, year: int, *, with_matrix: bool) -> _Year:
        """A year as the newest manifest has it. A compaction may take files away meanwhile: then look again."""
        problem: Exception | None = None
        for _ in range(_ATTEMPTS):
            try:
                with self._lock:
                    return self._cached_year(year, with_matrix)
            except (FileNotFoundError, _Stale) as error:
                problem = error
                self._stamp = None
        raise PapersysError(
            f"Vectors of {year} in {self.folder} do not agree with {FILE_NAME} ({problem}); "
            "run `papersys verify embeddings`."
        )

    def _cached_year(self, year: int, with_matrix: bool) -> _Year:
        manifest = self._current()
        files = manifest.of_year(year) if manifest else ()
        key = (year, with_matrix)
        for candidate in (key, (year, True)):
            cached = self._years.get(candidate)
            if cached is not None and cached.files == files:
                self._years.move_to_end(candidate)
                return cached
        loaded = _load_year(self.folder, files, with_matrix)
        self._years.pop((year, False), None)
        self._years.pop((year, True), None)
        while self._years and sum(known.size for known in self._years.values()) + loaded.size > _CACHED_BYTES:
            self._years.popitem(last=False)
        self._years[key] = loaded
        return loaded

    def _current(self) -> Manifest | None:
        path = self.folder / FILE_NAME
        stamp = _stamp(path)
        if stamp is None:
            self._stamp, self._manifest = None, None
        elif stamp != self._stamp:
            self._manifest = read_manifest(path)
            self._stamp = stamp
        return self._manifest


class _Stale(Exception):
    """A file is not the one that the manifest names."""


def read_rows(folder: Path, file: VectorFile, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of one data file. Raises FileNotFoundError, or PapersysError where it cannot be read."""
    try:
        table = pq.read_table(folder / file.name, columns=list(columns) if columns else None)
    except (pa.ArrowInvalid, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise PapersysError(f"{folder / file.name} is damaged ({error}); run `papersys verify embeddings`.") from error
    if table.num_rows != file.rows:
        raise _Stale(f"{file.name} has {table.num_rows} rows instead of {file.rows}")
    return table


def matrix_of(table: pa.Table) -> Matrix:
    """The column `embedding` as float32, rows x dimension, without a copy where it is one chunk."""
    column = table.column("embedding").combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else pa.array([], type=column.type)
    flat = column.flatten().to_numpy(zero_copy_only=True)
    return flat.reshape(len(column), column.type.list_size)  # type: ignore[no-any-return]


def _load_year(folder: Path, files: tuple[VectorFile, ...], with_matrix: bool) -> _Year:
    """Rows of later files take the place of earlier ones; the result is sorted by id."""
    columns = ["paper_id", "text_hash", *(["embedding"] if with_matrix else [])]
    tables = [read_rows(folder, file, columns) for file in files]
    newest: dict[str, tuple[int, int]] = {}
    for number, table in enumerate(tables):
        newest.update({one: (number, row) for row, one in enumerate(table.column("paper_id").to_pylist())})
    places = [newest[paper_id] for paper_id in sorted(newest)]
    hashes = [table.column("text_hash").to_pylist() for table in tables]
    return _Year(
        files=files,
        row_of={paper_id: row for row, paper_id in enumerate(sorted(newest))},
        hashes=[hashes[number][row] for number, row in places],
        matrix=_gather([matrix_of(table) for table in tables], places) if with_matrix else _NO_MATRIX,
    )


def _gather(matrices: list[Matrix], places: list[tuple[int, int]]) -> Matrix:
    if not matrices:
        return _NO_MATRIX
    if len(matrices) == 1 and places == [(0, row) for row in range(len(places))]:
        gathered = matrices[0]
    else:
        starts = np.cumsum([0, *(len(matrix) for matrix in matrices[:-1])])
        gathered = np.concatenate(matrices)[[starts[number] + row for number, row in places]]
    gathered.flags.writeable = False
    return gathered


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
