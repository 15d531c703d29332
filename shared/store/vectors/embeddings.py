"""Vectors of papers, for reading: `embeddings/<alias>/<YYYY>.parquet` by year of the arXiv id, and small parts beside.

Readers read what the manifest names, never locks; `shared.store.vectors.writer` writes.
"""

import bisect
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shared.errors import PapersysError
from shared.paper_ids import month_of, year_of
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.vectors.data_files import read_rows
from shared.store.vectors.manifest import FILE_NAME, Manifest, Recipe, read_manifest
from shared.store.vectors.rows import Matrix, Stale, YearRows, load_year
from shared.store.vectors.snapshot import SnapshotReader, View
from shared.store.vectors.table import FACTS, blocks_of

__all__ = ["Matrix", "Recipe", "VectorStore", "Vectors"]

_YEARS_KEPT = 16
_ATTEMPTS = 5
_KEPT_MATRIX_BYTES = 32 * 1024**2

T = TypeVar("T")


class Vectors(NamedTuple):
    """`matrix[i]` is the vector of `ids[i]`: float32, n x dimension, rows of length 1."""

    ids: list[str]
    matrix: Matrix


class VectorStore:
    """The vectors of one model alias. Safe to use from several threads; sees what is written meanwhile.

    Large sets are read from their memory-mapped copy where the embedder keeps one and `cached` is left on.
    """

    def __init__(self, data: DataFolder, alias: str, *, cached: bool = True) -> None:
        self.alias = alias
        self.folder = data.path("embeddings", alias)
        self._lock = threading.Lock()
        self._stamp: FileStamp | None = None
        self._manifest: Manifest | None = None
        self._years: OrderedDict[int, YearRows] = OrderedDict()
        self._small: dict[int, tuple[YearRows, Matrix]] = {}
        self._snapshot = SnapshotReader(data, alias) if cached else None

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
        return self._whole(lambda: self._get(asked))

    def all(self, years: Iterable[int] | None = None, months: Iterable[str] | None = None) -> Vectors:
        """Every vector (of these years, of these months `YYYY-MM`), mostly by year and id; the ids say the order.

        Do not change the matrix: it may be shared, and a map of a file.
        """
        if months is not None:
            return self._whole(lambda: self._months(years, set(months)))
        wanted = None if years is None else sorted(set(years))
        return self._whole(lambda: self._all(wanted))

    def blocks(self, since: int = 0) -> Iterator[Vectors]:
        """Every vector once, in blocks of a year or so: for scoring large sets in little memory.

        Years before `since` are left out; a last block of papers added lately may have some of them still.
        """
        manifest = self.manifest
        view = self._whole(lambda: self._view(manifest))
        if view is not None:
            yield from (Vectors(list(ids), matrix) for ids, matrix in view.blocks(since))
            return
        for year in manifest.years if manifest else []:
            if year >= since:
                yield self.all([year])

    def mapped(self) -> View | None:
        """The whole set as one memory-mapped array, nothing of it copied; None where no such copy is kept."""
        manifest = self.manifest
        return self._whole(lambda: self._view(manifest))

    def has(self, paper_ids: Iterable[str]) -> set[str]:
        """Those of these papers that have a vector."""
        return {
            paper_id
            for year, asked in _by_year(paper_ids).items()
            for paper_id in self._whole_year(year).find(asked)[0]
        }

    def hashes(self, paper_ids: Iterable[str]) -> dict[str, str]:
        """The hash of the text that each paper's vector was made of; ids without a vector are left out."""
        hashes: dict[str, str] = {}
        for year, asked in _by_year(paper_ids).items():
            hashes |= self._whole_year(year).hashes(asked)
        return hashes

    def embedded_at(self, paper_id: str) -> datetime | None:
        """When the paper's vector was made; None where it has none."""
        return self._whole(lambda: self._embedded_at(paper_id))

    def ids(self, year: int) -> list[str]:
        """The papers of a year that have a vector, sorted."""
        return list(self._whole_year(year).ids)

    def tables(self, year: int) -> Iterator[pa.Table]:
        """All that is stored of a year, in the columns of the data files, sorted by id, a row group each.

        Where a compaction takes the files away on the way, it goes on with those that took their place.
        """
        last, attempts = "", 0
        while True:
            try:
                for table in self._tables_after(last, year):
                    yield table
                    last, attempts = table.column("paper_id")[-1].as_py(), 0
                return
            except (FileNotFoundError, Stale) as error:
                attempts += 1
                if attempts == _ATTEMPTS:
                    raise self._disagreement(error) from error
                with self._lock:
                    self._stamp = None

    def _tables_after(self, last: str, year: int) -> Iterator[pa.Table]:
        rows = self._whole_year(year)
        facts = [read_rows(self.folder, file, FACTS) for file in rows.files]
        if facts:
            first = bisect.bisect_right(rows.ids, last)
            yield from blocks_of(rows, pa.concat_tables(facts).take(pa.array(rows.places)), first)

    # -- reading what may change meanwhile

    def _whole(self, read: Callable[[], T]) -> T:
        """The outcome of `read`; once more where a compaction took files away from under it."""
        problem: Exception | None = None
        for _ in range(_ATTEMPTS):
            try:
                return read()
            except (FileNotFoundError, Stale) as error:
                problem = error
                with self._lock:
                    self._stamp = None
            except OSError as error:
                raise PapersysError(
                    f"The vectors in {self.folder} cannot be read ({error}); run `papersys verify embeddings`."
                ) from error
        raise self._disagreement(problem)

    def _disagreement(self, problem: Exception | None) -> PapersysError:
        return PapersysError(
            f"The vectors in {self.folder} do not agree with {FILE_NAME} ({problem}); run `papersys verify embeddings`."
        )

    def _whole_year(self, year: int) -> YearRows:
        return self._whole(lambda: self._year(year))

    def _get(self, asked: list[str]) -> Vectors:
        years = {year: self._year(year) for year in {year_of(paper_id) for paper_id in asked}}
        places = {year: years[year].find(ids) for year, ids in _by_year(asked).items()}
        stored = {paper_id for ids, _ in places.values() for paper_id in ids}
        ids = [paper_id for paper_id in asked if paper_id in stored]
        matrix = np.empty((len(ids), self._dimension()), dtype=np.float32)
        positions: dict[int, list[int]] = defaultdict(list)
        for position, paper_id in enumerate(ids):
            positions[year_of(paper_id)].append(position)
        for year, rows in positions.items():
            block = np.empty((len(rows), matrix.shape[1]), np.float32)
            years[year].gather(block, places[year][1])
            matrix[rows] = block
        return Vectors(ids, matrix)

    def _months(self, years: Iterable[int] | None, months: set[str]) -> Vectors:
        of_months = {int(month[:4]) for month in months}
        wanted = of_months if years is None else of_months & set(years)
        return self._get(
            [paper_id for year in sorted(wanted) for paper_id in self._year(year).ids if month_of(paper_id) in months]
        )

    def _all(self, wanted: list[int] | None) -> Vectors:
        manifest = self.manifest
        view = self._view(manifest)
        if view is not None:
            return Vectors(*view.years(wanted))
        parts = [self._year(year) for year in (self.years() if wanted is None else wanted)]
        parts = [year for year in parts if year.ids]
        if len(parts) == 1:
            return Vectors(list(parts[0].ids), self._matrix_of(parts[0]))
        matrix = np.empty((sum(len(year.ids) for year in parts), self._dimension()), np.float32)
        ids: list[str] = []
        for year in parts:
            year.copy_to(matrix[len(ids) : len(ids) + len(year.ids)])
            ids += year.ids
        return Vectors(ids, matrix)

    def _matrix_of(self, year: YearRows) -> Matrix:
        """The matrix of a year; small ones stay in memory."""
        number = year.files[0].year
        kept = self._small.get(number)
        if kept is not None and kept[0] is year:
            return kept[1]
        matrix = np.empty((len(year.ids), year.dimension), np.float32)
        year.copy_to(matrix)
        matrix.flags.writeable = False
        if matrix.nbytes <= _KEPT_MATRIX_BYTES:
            self._small[number] = (year, matrix)
        return matrix

    def _view(self, manifest: Manifest | None) -> View | None:
        return self._snapshot.view(self.folder, manifest) if self._snapshot and manifest else None

    def _dimension(self) -> int:
        recipe = self.recipe
        return recipe.dimension if recipe else 0

    def _year(self, year: int) -> YearRows:
        """A year as the newest manifest has it."""
        with self._lock:
            manifest = self._current()
            files = manifest.of_year(year) if manifest else ()
            rows = self._years.get(year)
            if rows is None or rows.files != files:
                rows = load_year(self.folder, files, manifest.recipe.dimension if manifest else 0, rows)
                self._years[year] = rows
            self._years.move_to_end(year)
            while len(self._years) > _YEARS_KEPT:
                gone, _ = self._years.popitem(last=False)
                self._small.pop(gone, None)
            return rows

    def _embedded_at(self, paper_id: str) -> datetime | None:
        manifest = self._current()
        files = [file for file in manifest.files if file.year == year_of(paper_id)] if manifest else []
        for file in reversed(files):
            only = [("paper_id", "=", paper_id)]
            rows = pq.read_table(self.folder / file.name, columns=["generated_at"], filters=only)
            if rows.num_rows:
                made_at: datetime = rows.column("generated_at")[0].as_py()
                return made_at
        return None

    def _current(self) -> Manifest | None:
        path = self.folder / FILE_NAME
        stamp = stamp_of(path)
        if stamp is None:
            self._stamp, self._manifest = None, None
        elif stamp != self._stamp:
            self._manifest = read_manifest(path)
            self._stamp = stamp
        return self._manifest


def _by_year(paper_ids: Iterable[str]) -> dict[int, list[str]]:
    by_year: dict[int, list[str]] = defaultdict(list)
    for paper_id in paper_ids:
        by_year[year_of(paper_id)].append(paper_id)
    return by_year
