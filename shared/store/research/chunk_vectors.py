"""Vectors of chunks: `chunks/vectors/<model alias>/<YYYY-MM>.parquet`, so that an index is rebuilt without embedding.

Written by the summarizer. Vectors of another recipe (model, revision, text) are put aside as `<alias>@<hash>`, and come
back where that recipe does.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shared.store.files.data_folder import DataFolder
from shared.store.research.chunks import FOLDER, month_of_chunks
from shared.store.research.monthly_tables import MonthlyTables
from shared.store.research.table_manifest import FILE_NAME, read_tables_manifest
from shared.store.vectors.manifest import Recipe

Matrix = NDArray[np.float32]


class ChunkVectors:
    """The vectors of one model alias by one recipe: float32 rows of length 1."""

    def __init__(self, data: DataFolder, alias: str, recipe: Recipe) -> None:
        self.recipe = recipe
        self.alias = alias
        self._data = data
        self._lock = f"chunk-vectors-{alias}"
        vector = pa.list_(pa.field("item", pa.float32(), nullable=False), recipe.dimension)
        schema = pa.schema(
            [pa.field("chunk_id", pa.string(), nullable=False), pa.field("embedding", vector, nullable=False)]
        )
        self._schema = schema
        self.tables = self._tables_in(data.path(FOLDER, "vectors", alias))

    @property
    def digest(self) -> str:
        """Names the recipe in eight digits."""
        return digest_of(self.recipe)

    def start_set(self) -> None:
        """Put vectors of another recipe aside, and bring back those of this one. Nothing is lost."""
        folder = self.tables.folder
        with self._data.lock(f"{self._lock}-sets"):
            manifest = read_tables_manifest(folder / FILE_NAME)
            if manifest is not None and manifest.facts.get("recipe") != asdict(self.recipe):
                stored = Recipe(**manifest.facts["recipe"])
                folder.replace(folder.with_name(f"{self.alias}@{digest_of(stored)}"))
            kept = folder.with_name(f"{self.alias}@{self.digest}")
            if kept.exists() and not (folder / FILE_NAME).exists():
                kept.replace(folder)

    def put(self, paper_id: str, vectors: Mapping[str, Matrix]) -> None:
        """Store vectors (d) of chunks of one paper that have none. Raises TemporaryFailure where the disk is full."""
        month = month_of_chunks(paper_id)
        there = self.tables.has(list(vectors), [month])
        news = {chunk_id: vector for chunk_id, vector in vectors.items() if chunk_id not in there}
        if not news:
            return
        flat = pa.array(np.concatenate([np.asarray(vector, np.float32) for vector in news.values()]))
        column = pa.FixedSizeListArray.from_arrays(flat, type=self._schema.field("embedding").type)
        self.tables.add(month, pa.Table.from_arrays([pa.array(list(news), pa.string()), column], schema=self._schema))

    def get(self, paper_id: str, chunk_ids: Sequence[str]) -> dict[str, Matrix]:
        """The vectors (d) that are there of chunks of one paper."""
        return dict(_rows(self.tables.rows_of(chunk_ids, [month_of_chunks(paper_id)])))

    def missing(self, paper_id: str, chunk_ids: Sequence[str]) -> list[str]:
        """Those of these chunks of one paper that have no vector."""
        there = self.tables.has(chunk_ids, [month_of_chunks(paper_id)])
        return [chunk_id for chunk_id in chunk_ids if chunk_id not in there]

    def all(self) -> Iterator[tuple[str, Matrix]]:
        """Every vector (d) with the id of its chunk."""
        for table in self.tables.blocks():
            yield from _rows(table)

    def ids(self) -> set[str]:
        """The chunks that have a vector."""
        return set(self.tables.keys().column("chunk_id").to_pylist())

    def ids_of_all_sets(self) -> set[str]:
        """The chunks that have a vector of any model and recipe."""
        ids = set[str]()
        for manifest in sorted(self.tables.folder.parent.glob(f"*/{FILE_NAME}")):
            ids |= set(self._tables_in(manifest.parent).keys().column("chunk_id").to_pylist())
        return ids

    def keep_only(self, chunk_ids: Collection[str]) -> None:
        """Forget the vectors of all other chunks."""
        for month in self.tables.months():
            there = self.tables.keys([month]).column("chunk_id").to_pylist()
            self.tables.remove(month, [chunk_id for chunk_id in there if chunk_id not in chunk_ids])

    def remove(self, paper_id: str, chunk_ids: Collection[str]) -> None:
        """Forget the vectors of chunks of one paper."""
        self.tables.remove(month_of_chunks(paper_id), chunk_ids)

    def _tables_in(self, folder: Path) -> MonthlyTables:
        facts = {"alias": self.alias, "recipe": asdict(self.recipe)}
        return MonthlyTables(
            self._data,
            folder,
            self._schema,
            lock=self._lock,
            heavy=("embedding",),
            facts=facts,
            compression="none",
        )


def digest_of(recipe: Recipe) -> str:
    return hashlib.sha256(json.dumps(asdict(recipe)).encode()).hexdigest()[:8]


def _rows(table: pa.Table) -> Iterator[tuple[str, Matrix]]:
    ids = table.column("chunk_id").to_pylist()
    if not ids:
        return
    column = table.column("embedding").combine_chunks()
    arrays = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    flat = np.concatenate([array.flatten().to_numpy(zero_copy_only=False) for array in arrays])
    yield from zip(ids, flat.reshape(len(ids), -1).astype(np.float32, copy=False), strict=True)
