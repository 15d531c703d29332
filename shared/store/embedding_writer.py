"""Writing vectors: small parts beside the year file, folded into it when there are many.

A data file is complete and durable before the manifest names it, and nothing that the manifest names is ever changed
or removed; so a process killed at any moment leaves the old state or the new one.
"""

import hashlib
import os
import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shared.errors import PapersysError
from shared.paper_ids import year_of
from shared.store.embedding_manifest import FILE_NAME, Manifest, Recipe, VectorFile, read_manifest
from shared.store.embeddings import Matrix, VectorStore, read_rows
from shared.store.files import DataFolder

MAX_PARTS = 16
_ROW_GROUP = 20_000
_OURS = re.compile(r"\d{4}(\.part-\d+)?\.parquet|\..*\.tmp")
_UNIT_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Embedded:
    """Vectors to store: `matrix` is float32, one unit row an id; `text_hashes` are of the embedded texts.

    `source` names what made them, `generated_at` is aware and UTC.
    """

    paper_ids: list[str]
    matrix: Matrix
    text_hashes: list[str]
    source: str
    generated_at: datetime

    def pick(self, rows: list[int]) -> "Embedded":
        ids = [self.paper_ids[row] for row in rows]
        hashes = [self.text_hashes[row] for row in rows]
        return Embedded(ids, self.matrix[rows], hashes, self.source, self.generated_at)


class VectorWriter:
    """The writer of one model alias; a lock keeps others out, in this process and in others."""

    def __init__(self, data: DataFolder, alias: str, recipe: Recipe, *, max_parts: int = MAX_PARTS) -> None:
        self.alias = alias
        self.recipe = recipe
        self._data = data
        self._max_parts = max_parts
        self._reader = VectorStore(data, alias)
        self._folder = self._reader.folder

    def check_recipe(self) -> None:
        """Raises PapersysError where the stored vectors were made by another recipe."""
        self._checked(read_manifest(self._folder / FILE_NAME))

    def put(self, embedded: Embedded) -> int:
        """Store vectors and return how many were news; a paper's newest vector counts, the same again writes nothing.

        Raises PapersysError on another recipe or unusable vectors, TemporaryFailure when the disk is full.
        """
        self._check_vectors(embedded)
        with self._data.lock(f"embeddings-{self.alias}"):
            manifest = self._opened()
            self._remove_orphans(manifest)
            news = self._news(embedded)
            for year, rows in _by_year(news).items():
                manifest = self._add(manifest, year, news.pick(rows))
                if sum(file.is_part for file in manifest.of_year(year)) > self._max_parts:
                    manifest = self._fold(manifest, year)
            return len(news.paper_ids)

    def compact(self) -> int:
        """Fold the parts of every year into its year file; returns how many years had any."""
        with self._data.lock(f"embeddings-{self.alias}"):
            manifest = self._opened()
            self._remove_orphans(manifest)
            years = sorted({file.year for file in manifest.files if file.is_part})
            for year in years:
                manifest = self._fold(manifest, year)
            return len(years)

    def _checked(self, manifest: Manifest | None) -> None:
        difference = self.recipe.difference(manifest.recipe) if manifest else ""
        if difference:
            raise PapersysError(
                f"The vectors in {self._folder} were made by another recipe than the settings ask for "
                f"(settings / stored: {difference}). Vectors of two recipes are never mixed: give the new model an "
                f"alias of its own ([embedding.models.<alias>] and embedding.model), or restore the old settings."
            )

    def _check_vectors(self, embedded: Embedded) -> None:
        shape = (len(embedded.paper_ids), self.recipe.dimension)
        if embedded.matrix.shape != shape or embedded.matrix.dtype != np.float32:
            found = f"{embedded.matrix.dtype} {embedded.matrix.shape}"
            raise PapersysError(f"Vectors of {self.alias} must be float32 {shape}, these are {found}.")
        if not np.all(np.abs(np.linalg.norm(embedded.matrix, axis=1) - 1) < _UNIT_TOLERANCE):
            raise PapersysError(f"Vectors of {self.alias} must be finite and of length 1; these are not.")

    def _opened(self) -> Manifest:
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
                path.unlink(missing_ok=True)

    def _news(self, embedded: Embedded) -> Embedded:
        """The last row of each paper that is not stored exactly so, sorted by id."""
        last = {paper_id: row for row, paper_id in enumerate(embedded.paper_ids)}
        hashes = self._reader.hashes(last)
        same_text = [one for one, row in last.items() if hashes.get(one) == embedded.text_hashes[row]]
        stored = self._reader.get(same_text)
        same = {one for one, vector in zip(*stored, strict=True) if np.array_equal(vector, embedded.matrix[last[one]])}
        return embedded.pick([last[one] for one in sorted(last) if one not in same])

    def _add(self, manifest: Manifest, year: int, rows: Embedded) -> Manifest:
        superseding = len(self._reader.has(rows.paper_ids))
        name = _next_name(manifest, year)
        file = self._write(name, _table(rows, self.recipe.dimension), superseding)
        manifest = manifest.with_file(file)
        self._commit(manifest)
        return manifest

    def _fold(self, manifest: Manifest, year: int) -> Manifest:
        """All files of a year into `<YYYY>.parquet`.

        Its old content is named by the manifest, so it may not change in place: the new content is committed under
        a part's name first, and then, when nothing names the year file any more, under its own.
        """
        old = manifest.of_year(year)
        table = _newest_rows(pa.concat_tables([read_rows(self._folder, file) for file in old]))
        part = self._write(_next_name(manifest, year), table, 0)
        manifest = manifest.with_year(year, part)
        self._commit(manifest)
        for file in old:
            (self._folder / file.name).unlink()
        base = VectorFile(f"{year}.parquet", part.rows, 0, part.sha256)
        with self._data.replacing(self._folder / base.name) as draft:
            _link_or_copy(self._folder / part.name, draft)
        manifest = manifest.with_year(year, base)
        self._commit(manifest)
        (self._folder / part.name).unlink()
        return manifest

    def _write(self, name: str, table: pa.Table, superseding: int) -> VectorFile:
        path = self._folder / name
        with self._data.replacing(path) as draft:
            # Floats neither compress nor repeat; non-null items in small row groups read back fastest.
            pq.write_table(table, draft, row_group_size=_ROW_GROUP, compression="NONE", use_dictionary=["source"])
            with draft.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        return VectorFile(name, table.num_rows, superseding, digest)


def schema(dimension: int) -> pa.Schema:
    """The columns of a data file."""
    vector = pa.list_(pa.field("item", pa.float32(), nullable=False), dimension)
    return pa.schema(
        [
            pa.field("paper_id", pa.string(), nullable=False),
            pa.field("embedding", vector, nullable=False),
            pa.field("generated_at", pa.timestamp("us", tz="UTC"), nullable=False),
            pa.field("model_dim", pa.int32(), nullable=False),
            pa.field("source", pa.string(), nullable=False),
            pa.field("text_hash", pa.string(), nullable=False),
        ]
    )


def _table(rows: Embedded, dimension: int) -> pa.Table:
    count = len(rows.paper_ids)
    wanted = schema(dimension)
    flat = pa.array(np.ascontiguousarray(rows.matrix).reshape(-1))
    columns = [
        pa.array(rows.paper_ids, pa.string()),
        pa.FixedSizeListArray.from_arrays(flat, type=wanted.field("embedding").type),
        pa.array([rows.generated_at] * count, wanted.field("generated_at").type),
        pa.array([dimension] * count, pa.int32()),
        pa.array([rows.source] * count, pa.string()),
        pa.array(rows.text_hashes, pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=wanted)


def _newest_rows(table: pa.Table) -> pa.Table:
    last = {paper_id: row for row, paper_id in enumerate(table.column("paper_id").to_pylist())}
    return table.take([last[paper_id] for paper_id in sorted(last)])


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


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
