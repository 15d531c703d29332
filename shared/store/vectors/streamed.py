"""Very many vectors into one set as a stream: data files of years grow side by side and count all at once.

Until `commit` nothing of them is part of the set: they lie in a folder of drafts, which goes with a killed process.
"""

import contextlib
import hashlib
import io
import os
import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow.parquet as pq

from shared.paper_ids import year_of
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.data_files import read_rows
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.manifest import Recipe
from shared.store.vectors.table import Embedded, open_parquet, table_of
from shared.store.vectors.writer import NewFile, VectorWriter

_BLOCK_ROWS = 2_048
_WAITING_BYTES = 128 * 1024**2


class VectorStream:
    """Adds vectors of papers that have none in the set `alias`; each paper comes once. Memory: 150 MB or so."""

    def __init__(self, data: DataFolder, alias: str, recipe: Recipe, drafts: Path) -> None:
        self._writer = VectorWriter(data, alias, recipe)
        self._reader = VectorStore(data, alias, cached=False)
        self._dimension = recipe.dimension
        self._drafts = drafts
        self._years: dict[int, _YearDraft] = {}
        self._waiting: dict[int, list[Embedded]] = defaultdict(list)
        self._sources: dict[int, dict[str, str]] = {}
        shutil.rmtree(drafts, ignore_errors=True)
        drafts.mkdir(parents=True)

    def stored(self, paper_ids: Sequence[str]) -> dict[str, str]:
        """Those of the papers that have a vector, each with what made it. Raises PapersysError."""
        known_years = set(self._reader.years())
        there = self._reader.has([each for each in paper_ids if year_of(each) in known_years]) if known_years else ()
        return {paper_id: self._sources_of(year_of(paper_id)).get(paper_id, "") for paper_id in there}

    def add(self, rows: Embedded) -> None:
        """Vectors of length 1, of papers that are not stored. Raises OSError when the disk is full."""
        years = np.array([year_of(paper_id) for paper_id in rows.paper_ids])
        for year in np.unique(years).tolist():
            mine = np.flatnonzero(years == year)
            self._waiting[year].append(rows if len(mine) == len(years) else rows.pick(mine.tolist()))
            if sum(len(part.paper_ids) for part in self._waiting[year]) >= _BLOCK_ROWS:
                self._write(year)
        while sum(map(self._waiting_rows, self._waiting)) * self._dimension * 4 > _WAITING_BYTES:
            self._write(max(self._waiting, key=self._waiting_rows))

    def commit(self) -> list[int]:
        """Make all of it part of the set; returns the years whose new rows do not lie sorted by id."""
        for year in sorted(self._waiting):
            self._write(year)
        for draft in self._years.values():
            draft.finish()
        drafts = self._by_year()
        self._writer.adopt_files([NewFile(year, draft.path, draft.digest, draft.ids) for year, draft in drafts])
        shutil.rmtree(self._drafts, ignore_errors=True)
        return [year for year, draft in drafts if not draft.is_sorted]

    def discard(self) -> None:
        """Give it up."""
        for draft in self._years.values():
            draft.close()
        shutil.rmtree(self._drafts, ignore_errors=True)

    def _by_year(self) -> list[tuple[int, "_YearDraft"]]:
        return sorted(self._years.items())

    def _waiting_rows(self, year: int) -> int:
        return sum(len(part.paper_ids) for part in self._waiting[year])

    def _write(self, year: int) -> None:
        rows = _joined(self._waiting.pop(year))
        draft = self._years.get(year)
        if draft is None:
            draft = self._years[year] = _YearDraft(self._drafts / f"{year}.parquet", self._dimension)
        draft.write(rows)

    def _sources_of(self, year: int) -> dict[str, str]:
        if year not in self._sources:
            manifest = self._reader.manifest
            files = manifest.of_year(year) if manifest else ()
            tables = [read_rows(self._reader.folder, file, ["paper_id", "source"]) for file in files]
            self._sources[year] = {
                paper_id: source
                for table in tables
                for paper_id, source in zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True)
            }
        return self._sources[year]


class _YearDraft:
    """One data file while it grows; its SHA-256 is taken of what is written, so that nothing is read again."""

    def __init__(self, path: Path, dimension: int) -> None:
        self.path = path
        self.rows = 0
        self.digest = ""
        self.ids: list[str] = []
        self.is_sorted = True
        self._dimension = dimension
        self._file = path.open("wb")
        self._hashed = _HashedFile(self._file)
        self._parquet: pq.ParquetWriter = open_parquet(self._hashed, dimension)

    def write(self, rows: Embedded) -> None:
        self._parquet.write_table(table_of(rows, self._dimension))
        ids = rows.paper_ids
        follows = [*self.ids[-1:], *ids]
        self.is_sorted = self.is_sorted and all(map(str.__lt__, follows, follows[1:]))
        self.ids += ids
        self.rows += len(ids)

    def finish(self) -> None:
        self._parquet.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.digest = self._hashed.hexdigest()

    def close(self) -> None:
        """Give it up; a full disk can refuse its end, which nobody needs."""
        with contextlib.suppress(OSError):
            self._parquet.close()
        self._file.close()


class _HashedFile(io.RawIOBase):
    """A file that is written from front to end, and its SHA-256."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._digest.update(content)
        self._written += len(content)
        return self._file.write(content)

    def tell(self) -> int:
        return self._written

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _joined(parts: Sequence[Embedded]) -> Embedded:
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    ids = [paper_id for part in parts for paper_id in part.paper_ids]
    hashes = [each for part in parts for each in part.text_hashes]
    return Embedded(ids, np.concatenate([part.matrix for part in parts]), hashes, first.source, first.generated_at)
