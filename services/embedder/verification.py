"""Looks at every stored vector and says what is wrong, and what to do about it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from shared.errors import PapersysError
from shared.paper_ids import month_of, year_of
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.embeddings import VectorStore, matrix_of, read_rows
from shared.store.vectors.manifest import Manifest, Recipe, VectorFile

_UNIT_TOLERANCE = 1e-3
_SHOWN = 3


def verify_vectors(data: DataFolder, alias: str, recipe: Recipe) -> list[str]:
    """One line a problem of the set `alias`; `recipe` is what the settings ask for."""
    store = VectorStore(data, alias)
    try:
        manifest = store.manifest
    except PapersysError as error:
        return [str(error)]
    if manifest is None:
        return _without_manifest(store.folder)
    problems = [*_recipe_problems(manifest, recipe), *_stray_files(store.folder, manifest)]
    broken = [problem for file in manifest.files for problem in _file_problems(store.folder, file, recipe)]
    if broken:
        return [*problems, *broken]
    return [*problems, *_count_problems(store, manifest), *_unknown_papers(store, MetadataStore(data))]


def _without_manifest(folder: Path) -> list[str]:
    if not any(folder.glob("*.parquet")):
        return []
    return [
        f"{folder} has vectors but no manifest.json; restore it from a copy, or move the folder away and embed again."
    ]


def _recipe_problems(manifest: Manifest, recipe: Recipe) -> Iterator[str]:
    difference = recipe.difference(manifest.recipe)
    if difference:
        yield (
            f"The vectors of {manifest.alias} were made by another recipe (settings / stored: {difference}); "
            "restore the settings, or run `papersys embed`, which puts them aside and starts a new set."
        )


def _stray_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    strays = {path.name for path in folder.glob("[0-9]*.parquet")} - {file.name for file in manifest.files}
    for name in sorted(strays):
        yield f"{folder / name} is not named by the manifest; the next write removes it."


def _file_problems(folder: Path, file: VectorFile, recipe: Recipe) -> Iterator[str]:
    path, again = folder / file.name, "restore it from a copy, or move the model's folder away and embed again"
    try:
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        if digest != file.sha256:
            yield f"{path} is not what was written (its SHA-256 differs); {again}."
            return
        table = read_rows(folder, file)
    except (OSError, PapersysError) as error:
        yield f"{path} cannot be read ({error}); {again}."
        return
    ids, matrix = table.column("paper_id").to_pylist(), matrix_of(table)
    if len(set(ids)) != len(ids):
        yield f"{path} has {len(ids) - len(set(ids))} papers twice; {again}."
    if matrix.shape[1] != recipe.dimension or set(table.column("model_dim").to_pylist()) - {matrix.shape[1]}:
        yield f"{path} has vectors of {matrix.shape[1]} numbers instead of {recipe.dimension}; {again}."
    wrong_year = [paper_id for paper_id in ids if year_of(paper_id) != file.year]
    if wrong_year:
        yield f"{path} has papers of other years ({_some(wrong_year)}); {again}."
    bad = ~(np.abs(np.linalg.norm(matrix, axis=1) - 1) < _UNIT_TOLERANCE)
    if bad.any():
        unusable = [paper_id for paper_id, is_bad in zip(ids, bad, strict=True) if is_bad]
        yield f"{path} has {len(unusable)} vectors that are not finite and of length 1 ({_some(unusable)}); {again}."


def _count_problems(store: VectorStore, manifest: Manifest) -> Iterator[str]:
    count = sum(len(store.ids(year)) for year in store.years())
    if count != manifest.count:
        yield f"The manifest of {manifest.alias} counts {manifest.count} papers, its files have {count}; embed again."


def _unknown_papers(store: VectorStore, metadata: MetadataStore) -> Iterator[str]:
    for year in store.years():
        by_month: dict[str, set[str]] = {}
        for paper_id in store.ids(year):
            by_month.setdefault(month_of(paper_id), set()).add(paper_id)
        for month, ids in sorted(by_month.items()):
            unknown = sorted(ids - {paper.paper_id for paper in metadata.month(month)})
            if unknown:
                yield (
                    f"{len(unknown)} papers of {month} have a vector but no metadata ({_some(unknown)}); "
                    "fetch their metadata again."
                )


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:_SHOWN]) + (" ..." if len(ids) > _SHOWN else "")
