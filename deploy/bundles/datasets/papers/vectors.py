"""Vectors: `vectors/<alias>/<YYYY>.parquet`; those of two recipes are never mixed, and a paper here keeps its own."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from deploy.bundles.archive.package import Resource
from deploy.bundles.archive.reading import Bundle
from deploy.bundles.archive.table_schemas import schema_of_table
from deploy.bundles.archive.writing import BundleWriter
from deploy.bundles.datasets.dataset import Source, Target
from deploy.bundles.tally import Tally
from deploy.bundles.wording import first_line
from shared.paper_ids import parse_paper_id, year_of
from shared.store.vectors.data_files import matrix_of
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.manifest import FILE_NAME, Recipe
from shared.store.vectors.recipe_sets import RecipeSets
from shared.store.vectors.table import ROW_GROUP, schema
from shared.store.vectors.writer import VectorWriter

_UNIT_TOLERANCE = 1e-3
_MOST_DIMENSIONS = 16_384


class Vectors:
    name = "vectors"
    about = "vectors of titles and abstracts: a file for each model and year; `papersys:about` has the recipe"

    def write(self, source: Source, bundle: BundleWriter) -> None:
        """Those of the whole system only: another system makes them again, perhaps with another model."""
        if source.user:
            return
        for manifest in sorted(source.data.path("embeddings").glob(f"*/{FILE_NAME}")):
            store = VectorStore(source.data, manifest.parent.name, cached=False)
            recipe = store.recipe
            if recipe is None or "@" in store.alias:
                continue
            described = schema_of_table(schema(recipe.dimension), ["paper_id"])
            for year in store.years():
                path = f"{self.name}/{store.alias}/{year}.parquet"
                bundle.add_tables(self.name, path, store.tables(year), described, {"recipe": asdict(recipe)})

    def merge(self, bundle: Bundle, resource: Resource, target: Target) -> Tally:
        tally = Tally(self.name)
        _, alias, name = resource.path.split("/")
        try:
            recipe, year = _recipe_of(resource.about), int(name.removesuffix(".parquet"))
        except (ValueError, TypeError, KeyError) as error:
            tally.refuse(f"{resource.path} has no recipe that can be read ({error})", resource.rows)
            return tally
        writer = VectorWriter(target.data, alias, recipe)
        if not RecipeSets(target.data, alias, recipe).is_current():
            stored = VectorStore(target.data, alias, cached=False).recipe
            difference = recipe.difference(stored) if stored else ""
            tally.conflict(f"The vectors of {alias} were made by another recipe here (there / here: {difference}).")
            tally.older += resource.rows
            return tally
        with bundle.as_file(resource) as path:
            self._adopt(path, year, writer, target, tally)
        return tally

    def _adopt(self, path: Path, year: int, writer: VectorWriter, target: Target, tally: Tally) -> None:
        """Check the whole file, then store what is not here."""
        known = VectorStore(target.data, writer.alias, cached=False)
        ids: list[str] = []
        try:
            for table in _tables(path, writer.recipe.dimension):
                checked_ids(table, year, ids[-1] if ids else "")
                ids += table.column("paper_id").to_pylist()
        except (ValueError, pa.ArrowException, OSError) as error:
            tally.refuse(f"The vectors of {writer.alias} for {year} cannot be used: {first_line(error)}", len(ids) or 1)
            return
        stored = known.has(ids)
        tally.count_unknown(len(ids), len(ids) - len(stored))
        if tally.new and not target.dry_run:
            writer.adopt_rows(year, _tables(path, writer.recipe.dimension))


def checked_ids(table: pa.Table, year: int, last: str) -> None:
    """Raises ValueError where rows are not of papers of the year, sorted, each once, with vectors of length 1."""
    for column in table.column_names:
        if table.column(column).null_count:
            raise ValueError(f"the column {column} has empty cells")
    for paper_id in table.column("paper_id").to_pylist():
        if parse_paper_id(paper_id) != paper_id or year_of(paper_id) != year or paper_id <= last:
            raise ValueError(f"{paper_id!r} after {last!r} is not in its place")
        last = paper_id
    if not np.all(np.abs(np.linalg.norm(matrix_of(table), axis=1) - 1) < _UNIT_TOLERANCE):
        raise ValueError("a vector is not of length 1")


def _tables(path: Path, dimension: int) -> Iterator[pa.Table]:
    """The rows in blocks. Raises ValueError for other columns than those of the data folder."""
    wanted = schema(dimension)
    with pq.ParquetFile(path) as file:
        if not file.schema_arrow.equals(wanted):
            raise ValueError("its columns are not those of vectors with this dimension")
        for batch in file.iter_batches(ROW_GROUP):
            yield pa.Table.from_batches([batch], wanted)


def _recipe_of(about: dict[str, Any]) -> Recipe:
    """Raises ValueError, TypeError and KeyError."""
    recipe = Recipe(**about["recipe"])
    texts = (recipe.model, recipe.revision, recipe.normalisation, recipe.text)
    if not all(isinstance(text, str) for text in texts) or not isinstance(recipe.max_length, int):
        raise ValueError("it is not one of papersys")
    if not isinstance(recipe.dimension, int) or not 1 <= recipe.dimension <= _MOST_DIMENSIONS:
        raise ValueError(f"dimension {recipe.dimension!r}")
    return recipe
