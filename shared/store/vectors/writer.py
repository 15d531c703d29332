"""Writing vectors: small parts beside the year file, compacted into it when there are many.

A data file is complete and durable before the manifest names it, and nothing that the manifest names is ever changed
or removed; so a process killed at any moment leaves the old state or the new one.
"""

import hashlib
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shared.errors import PapersysError
from shared.paper_ids import year_of
from shared.store.files.data_folder import DataFolder
from shared.store.files.hard_links import link_or_copy
from shared.store.vectors.data_files import read_rows
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.manifest import FILE_NAME, Manifest, Recipe, VectorFile, read_manifest
from shared.store.vectors.rows import load_year
from shared.store.vectors.table import FACTS, ROW_GROUP, Embedded, blocks_of, open_parquet, schema, table_of

__all__ = ["Embedded", "VectorWriter", "schema"]

MAX_PARTS = 16
_NEVER_MORE = 4
_SMALL_SHARE = 4
_OURS = re.compile(r"\d{4}(\.part-\d+)?\.parquet|\..*\.tmp")
_UNIT_TOLERANCE = 1e-3


@dataclass(frozen=True)
class NewFile:
    """A data file of one year, written elsewhere on the same disk; `paper_ids` are its rows, each paper once."""

    year: int
    path: Path
    sha256: str
    paper_ids: Sequence[str]


class VectorWriter:
    """The writer of one model alias; a lock keeps others out, in this process and in others."""

    def __init__(self, data: DataFolder, alias: str, recipe: Recipe, *, max_parts: int = MAX_PARTS) -> None:
        self.alias = alias
        self.recipe = recipe
        self._data = data
        self._max_parts = max_parts
        self._reader = VectorStore(data, alias)
        self._folder = self._reader.folder

    @classmethod
    def of_stored(cls, data: DataFolder, alias: str) -> "VectorWriter | None":
        """The writer of a set by the recipe that it has; None where there is no such set."""
        recipe = VectorStore(data, alias, cached=False).recipe
        return cls(data, alias, recipe) if recipe is not None else None

    def put(self, embedded: Embedded) -> int:
        """Store vectors and return how many were news; a paper's newest vector counts, the same again writes nothing.

        Writes a part of the size of the news; `compact` merges parts. Raises PapersysError on another recipe or
        unusable vectors, TemporaryFailure when the disk is full.
        """
        self._check_vectors(embedded)
        with self._data.lock(f"embeddings-{self.alias}"):
            manifest = self._open_manifest()
            self._remove_orphans(manifest)
            news = self._news(embedded)
            for year, rows in _by_year(news).items():
                manifest = self._add(manifest, year, news.pick(rows))
                if _parts(manifest, year) > self._max_parts * _NEVER_MORE:
                    manifest = self._compact_year(manifest, year)
            return len(news.paper_ids)

    def adopt_rows(self, year: int, tables: Iterable[pa.Table]) -> int:
        """Store the rows of a year that were made by this recipe elsewhere, as one file; returns how many those were.

        `tables` have the columns of `schema`, sorted by id over all of them, each paper once, vectors of length 1.
        Papers that have a vector keep theirs.
        """
        with self._data.lock(f"embeddings-{self.alias}"):
            manifest = self._open_manifest()
            self._remove_orphans(manifest)
            file = self._write(_next_name(manifest, year), map(self._without_known, tables), 0)
            if file.rows:
                self._commit(manifest.with_file(file))
            else:
                self._data.remove(self._folder / file.name)
            return file.rows

    def _without_known(self, table: pa.Table) -> pa.Table:
        known = self._reader.has(table.column("paper_id").to_pylist())
        return table.filter(pc.invert(pc.is_in(table.column("paper_id"), pa.array(known, pa.string()))))

    def compact(self) -> int:
        """Merge the parts of years that have many; returns how many years those were. May take seconds a year.

        They become one part while they are few rows beside the year file, so that a year file is rewritten seldom.
        """
        with self._data.lock(f"embeddings-{self.alias}"):
            manifest = read_manifest(self._folder / FILE_NAME)
            years = [year for year in manifest.years if _parts(manifest, year) > self._max_parts] if manifest else []
            if manifest is None or not years:
                return 0
            self._checked(manifest)
            self._remove_orphans(manifest)
            for year in years:
                base, *parts = manifest.of_year(year)
                is_small = base.rows > _SMALL_SHARE * sum(file.rows for file in parts) and not base.is_part
                manifest = self._merge_parts(manifest, year) if is_small else self._compact_year(manifest, year)
            return len(years)

    def compact_fully(self) -> int:
        """Merge the parts of every year into its year file; returns how many years had any."""
        with self._data.lock(f"embeddings-{self.alias}"):
            manifest = self._open_manifest()
            self._remove_orphans(manifest)
            years = sorted({file.year for file in manifest.files if file.is_part})
            for year in years:
                manifest = self._compact_year(manifest, year)
            return len(years)

    def adopt_files(self, files: Iterable[NewFile]) -> None:
        """Make whole data files part of the set, all at once; they are moved. Raises as `put`."""
        with self._data.lock(f"embeddings-{self.alias}"):
            manifest = self._open_manifest()
            self._remove_orphans(manifest)
            for file in files:
                name = _next_name(manifest, file.year)
                superseding = len(self._reader.has(file.paper_ids)) if file.year in manifest.years else 0
                with self._data.replacing(self._folder / name) as draft:
                    shutil.move(file.path, draft)
                manifest = manifest.with_file(VectorFile(name, len(file.paper_ids), superseding, file.sha256))
            self._commit(manifest)

    def sort(self, years: Iterable[int]) -> None:
        """Merge the files of these years into their year files, sorted by id, which is how they are read fastest."""
        with self._data.lock(f"embeddings-{self.alias}"):
            manifest = self._open_manifest()
            for year in sorted(set(years) & set(manifest.years)):
                manifest = self._compact_year(manifest, year)

    def _checked(self, manifest: Manifest | None) -> None:
        difference = self.recipe.difference(manifest.recipe) if manifest else ""
        if difference:
            raise PapersysError(
                f"The vectors in {self._folder} were made by another recipe than the settings ask for "
                f"(settings / stored: {difference}). Vectors of two recipes are never mixed: restore the old settings, "
                f"or let `papersys embed` or a restart put these aside and start a new set."
            )

    def _check_vectors(self, embedded: Embedded) -> None:
        shape = (len(embedded.paper_ids), self.recipe.dimension)
        if embedded.matrix.shape != shape or embedded.matrix.dtype != np.float32:
            given = f"{embedded.matrix.dtype} {embedded.matrix.shape}"
            raise PapersysError(f"Vectors of {self.alias} must be float32 {shape}, these are {given}.")
        if not np.all(np.abs(np.linalg.norm(embedded.matrix, axis=1) - 1) < _UNIT_TOLERANCE):
            raise PapersysError(f"Vectors of {self.alias} must be finite and of length 1; these are not.")

    def _open_manifest(self) -> Manifest:
        """The manifest, made first where the set is new: then data files without one are never ours to remove."""
        manifest = read_manifest(self._folder / FILE_NAME)
        self._checked(manifest)
        if manifest is not None:
            return manifest
        strays = sorted(path.name for path in self._folder.glob("*.parquet"))
        if strays:
            raise PapersysError(
                f"{self._folder} has vectors ({strays[0]} ...) but no {FILE_NAME} that says what made them; "
                "restore it from a copy, or move the folder away and embed again."
            )
        manifest = Manifest(self.alias, self.recipe)
        self._commit(manifest)
        return manifest

    def _commit(self, manifest: Manifest) -> None:
        self._data.write_text(self._folder / FILE_NAME, manifest.to_json())

    def _remove_orphans(self, manifest: Manifest) -> None:
        """What a killed writer left: complete or not, no manifest ever named it."""
        named = {file.name for file in manifest.files}
        for path in self._folder.iterdir():
            if path.name not in named and _OURS.fullmatch(path.name):
                self._data.remove(path)

    def _news(self, embedded: Embedded) -> Embedded:
        """The last row of each paper that is not stored exactly so, sorted by id."""
        last = {paper_id: row for row, paper_id in enumerate(embedded.paper_ids)}
        hashes = self._reader.hashes(last)
        same_text = [paper_id for paper_id, row in last.items() if hashes.get(paper_id) == embedded.text_hashes[row]]
        stored = self._reader.get(same_text)
        same = {
            paper_id
            for paper_id, vector in zip(*stored, strict=True)
            if np.array_equal(vector, embedded.matrix[last[paper_id]])
        }
        return embedded.pick([last[paper_id] for paper_id in sorted(last) if paper_id not in same])

    def _add(self, manifest: Manifest, year: int, rows: Embedded) -> Manifest:
        superseding = len(self._reader.has(rows.paper_ids))
        table = table_of(rows, self.recipe.dimension)
        file = self._write(_next_name(manifest, year), [table], superseding)
        manifest = manifest.with_file(file)
        self._commit(manifest)
        return manifest

    def _merge_parts(self, manifest: Manifest, year: int) -> Manifest:
        """The parts of a year into one part."""
        base, *parts = manifest.of_year(year)
        there = set(load_year(self._folder, (base,), self.recipe.dimension).ids)
        joined = self._rewritten(tuple(parts), _next_name(manifest, year), there)
        manifest = manifest.with_year(year, base, joined)
        self._commit(manifest)
        for file in parts:
            self._data.remove(self._folder / file.name)
        return manifest

    def _compact_year(self, manifest: Manifest, year: int) -> Manifest:
        """All files of a year into `<YYYY>.parquet`.

        Its old content is named by the manifest, so it may not change in place: the new content is committed under
        a part's name first, and then, when nothing names the year file any more, under its own.
        """
        old = manifest.of_year(year)
        part = self._rewritten(old, _next_name(manifest, year), set())
        manifest = manifest.with_year(year, part)
        self._commit(manifest)
        for file in old:
            self._data.remove(self._folder / file.name)
        base = VectorFile(f"{year}.parquet", part.rows, 0, part.sha256)
        with self._data.replacing(self._folder / base.name) as draft:
            link_or_copy(self._folder / part.name, draft)
        manifest = manifest.with_year(year, base)
        self._commit(manifest)
        self._data.remove(self._folder / part.name)
        return manifest

    def _rewritten(self, files: tuple[VectorFile, ...], name: str, there: set[str]) -> VectorFile:
        """The newest rows of these files as one, block by block; `there` are papers of files before them."""
        rows = load_year(self._folder, files, self.recipe.dimension)
        read = [read_rows(self._folder, file, FACTS) for file in files]
        facts = pa.concat_tables(read).take(pa.array(rows.places))
        superseding = len(there.intersection(rows.ids))
        return self._write(name, blocks_of(rows, facts), superseding)

    def _write(self, name: str, tables: Iterable[pa.Table], superseding: int) -> VectorFile:
        path, count = self._folder / name, 0
        with self._data.replacing(path) as draft:
            with draft.open("wb") as sink, open_parquet(sink, self.recipe.dimension) as parquet:
                for table in tables:
                    parquet.write_table(table, row_group_size=ROW_GROUP)
                    count += table.num_rows
            with draft.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        return VectorFile(name, count, superseding, digest)


def _parts(manifest: Manifest, year: int) -> int:
    return sum(file.is_part for file in manifest.of_year(year))


def _next_name(manifest: Manifest, year: int) -> str:
    files = manifest.of_year(year)
    if not files:
        return f"{year}.parquet"
    return f"{year}.part-{max(file.part for file in files) + 1}.parquet"


def _by_year(embedded: Embedded) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = defaultdict(list)
    for row, paper_id in enumerate(embedded.paper_ids):
        rows[year_of(paper_id)].append(row)
    return dict(sorted(rows.items()))
