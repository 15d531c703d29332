"""Looks at stored vectors and says what is wrong, and what to do about it; one row group in memory at a time."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from services.embedder.papers.gaps import missing_reason
from services.embedder.papers.text import text_of
from services.embedder.recipe import recipe_of
from services.embedder.settings import Settings
from shared.command_line.context import load
from shared.contracts import now
from shared.errors import PapersysError
from shared.paper_ids import month_of, parse_paper_id, year_of
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding, Findings, counted, some
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.backlog import Backlog
from shared.store.vectors.data_files import matrix_of
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.manifest import Manifest, Recipe, VectorFile
from shared.store.vectors.snapshot import SnapshotKeeper
from shared.store.vectors.snapshot_check import problem_of_copy

BACKLOG = "backlog"
"""The repair that makes the backlog anew."""
VECTOR_COPY = "vector-copy"
"""The repair that makes the memory-mapped copy anew."""

_UNIT_TOLERANCE = 1e-3
_ROWS_AT_ONCE = 20_000
_AGAIN = "restore it from a copy, or move the model's folder away and embed again"
_NEW_FOR = timedelta(days=1)
"""Papers harvested within this time may still wait to be embedded."""


def verify_vectors(data: DataFolder, alias: str, recipe: Recipe, *, deep: bool = True) -> list[Finding]:
    """What is wrong with the set `alias`; `recipe` is what the settings ask for. Not `deep`, no vector is read."""
    store, findings = VectorStore(data, alias, cached=False), Findings("embeddings")
    place = f"embeddings/{alias}"
    try:
        manifest = store.manifest
    except PapersysError:
        findings.damage(f"{place}/manifest.json", "cannot be read", _AGAIN)
        return findings.all()
    if manifest is None:
        if any(store.folder.glob("*.parquet")):
            findings.damage(place, "has vectors but no manifest.json", _AGAIN)
        return findings.all()
    difference = recipe.difference(manifest.recipe)
    if difference:
        findings.gap(
            place,
            f"its vectors were made by another recipe (settings / stored: {difference})",
            "restore the settings, or run `papersys embed`, which puts them aside and starts a new set",
        )
    for name in _strays(store.folder, manifest):
        findings.note(f"{place}/{name}", "is not named by the manifest", "the next write removes it")
    broken = False
    for file in manifest.files:
        for problem in _file_problems(store.folder / file.name, file, manifest.recipe, deep=deep):
            findings.damage(f"{place}/{file.name}", problem, _AGAIN)
            broken = True
    if not broken:
        try:
            _compare(findings, place, store, manifest, MetadataStore(data))
        except PapersysError as error:
            findings.damage(place, f"its rows cannot be read: {error}", _AGAIN)
    return findings.all()


def verify_embeddings(*, deep: bool) -> list[Finding]:
    """Look at the sets of all models in use, at sets put aside, the backlog, and papers that have no vector."""
    settings = load(Settings)
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    joined = settings.embedding.joined
    found = [
        finding
        for alias, model in joined.items()
        for finding in verify_vectors(data, alias, recipe_of(model), deep=deep)
    ]
    for folder in sorted(data.path("embeddings").glob("*/manifest.json")):
        if (alias := folder.parent.name) not in joined:
            found += _others(data, alias, deep=deep)
    findings = Findings("embeddings")
    _verify_backlog(data, findings, set(joined))
    for alias in joined:
        _verify_coverage(data, findings, alias, deep=deep)
        _verify_copy(data, findings, alias, deep=deep)
    return [*found, *findings.all()]


def renew_backlog() -> str:
    """Remove a backlog that cannot be read; the embedder finds again what it held. Returns what was done, in words."""
    settings = load(Settings)
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    with data.lock("embeddings-backlog"):
        data.path("embeddings", "backlog.parquet").unlink(missing_ok=True)
    return "The damaged backlog is removed; a running embedder, or `papersys embed`, finds again what lacks a vector."


def renew_vector_copies() -> str:
    """Make the memory-mapped copies anew; returns which, in words."""
    settings = load(Settings)
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    made = []
    for alias in settings.embedding.joined:
        keeper = SnapshotKeeper(data, alias)
        keeper.remove()
        made += [alias] if settings.embedder.map_vectors and keeper.refresh() else []
    if not made:
        return "The memory-mapped copy is removed; where one is needed, the embedder makes it when there is room."
    return f"The memory-mapped copy is made anew: {', '.join(made)}."


def _others(data: DataFolder, alias: str, *, deep: bool) -> list[Finding]:
    """A set of a model that is not in use is compared with its own recipe."""
    try:
        manifest = VectorStore(data, alias, cached=False).manifest
    except PapersysError:
        findings = Findings("embeddings")
        findings.damage(f"embeddings/{alias}/manifest.json", "cannot be read", _AGAIN)
        return findings.all()
    return verify_vectors(data, alias, manifest.recipe, deep=deep) if manifest else []


def _strays(folder: Path, manifest: Manifest) -> list[str]:
    return sorted({path.name for path in folder.glob("[0-9]*.parquet")} - {file.name for file in manifest.files})


def _file_problems(path: Path, file: VectorFile, recipe: Recipe, *, deep: bool) -> Iterator[str]:
    try:
        if deep and _digest(path) != file.sha256:
            yield "is not what was written (its SHA-256 differs)"
            return
        with pq.ParquetFile(path) as parquet:
            if parquet.metadata.num_rows != file.rows:
                yield f"has {parquet.metadata.num_rows} rows instead of {file.rows}"
                return
            yield from _row_problems(parquet, file, recipe, deep=deep)
    except FileNotFoundError:
        yield "cannot be read: it is missing"
    except (OSError, pa.ArrowException, KeyError) as error:
        yield f"cannot be read ({error})"


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _row_problems(parquet: pq.ParquetFile, file: VectorFile, recipe: Recipe, *, deep: bool) -> Iterator[str]:
    ids: list[str] = []
    unusable: list[str] = []
    widths: set[int] = set()
    for batch in parquet.iter_batches(_ROWS_AT_ONCE, columns=None if deep else ["paper_id", "model_dim"]):
        names = batch.column("paper_id").to_pylist()
        ids += names
        widths |= set(batch.column("model_dim").to_pylist())
        if deep:
            matrix = matrix_of(pa.Table.from_batches([batch]))
            widths.add(matrix.shape[1])
            bad = ~(np.abs(np.linalg.norm(matrix, axis=1) - 1) < _UNIT_TOLERANCE)
            unusable += [names[row] for row in np.flatnonzero(bad)]
    if len(set(ids)) != len(ids):
        yield f"has {len(ids) - len(set(ids))} papers twice"
    if widths - {recipe.dimension}:
        yield f"has vectors of {', '.join(map(str, sorted(widths)))} numbers instead of {recipe.dimension}"
    if wrong := [paper_id for paper_id in ids if not _is_id(paper_id)]:
        yield f"has ids that arXiv does not have ({some(wrong)}); was a zero lost?"
    elif wrong := [paper_id for paper_id in ids if year_of(paper_id) != file.year]:
        yield f"has papers of other years ({some(wrong)})"
    if unusable:
        yield f"has {len(unusable)} vectors that are not finite and of length 1 ({some(unusable)})"


def _is_id(text: str) -> bool:
    try:
        return parse_paper_id(text) == text
    except ValueError:
        return False


def _compare(findings: Findings, place: str, store: VectorStore, manifest: Manifest, metadata: MetadataStore) -> None:
    """The ids of the set with the manifest's count and with the metadata, year by year."""
    count = 0
    for year in manifest.years:
        ids = store.ids(year)
        count += len(ids)
        by_month: dict[str, set[str]] = {}
        for paper_id in ids:
            by_month.setdefault(month_of(paper_id), set()).add(paper_id)
        for month, stored in sorted(by_month.items()):
            unknown = sorted(stored - metadata.rows(month).keys())
            if unknown:
                papers = counted(len(unknown), "paper")
                findings.gap(
                    f"metadata/{month}.csv",
                    f"{papers} with a vector of {store.alias} but no metadata ({some(unknown)})",
                    "restore the month from a backup; `papersys reconcile` has arXiv asked for them",
                    "metadata",
                    unknown,
                )
    if count != manifest.count and manifest == store.manifest:
        findings.damage(place, f"its manifest counts {manifest.count} papers, its files have {count}", "embed again")


def _verify_backlog(data: DataFolder, findings: Findings, aliases: set[str]) -> None:
    try:
        rows = Backlog(data).all()
    except PapersysError as error:
        findings.gap("embeddings/backlog.parquet", str(error), "`papersys reconcile` removes it", BACKLOG)
        return
    if others := sorted({row.model_alias for row in rows} - aliases):
        text = f"has papers queued for {some(others)}, which is not in use"
        findings.note("embeddings/backlog.parquet", text, "nothing needs to be done")
    failed = [row.paper_id for row in rows if row.missing_reason == "failed"]
    if failed:
        text = f"{counted(len(failed), 'paper')} could not be embedded ({some(failed)})"
        findings.note("embeddings/backlog.parquet", text, "`papersys embed --backlog` tries again and says why")


def _verify_copy(data: DataFolder, findings: Findings, alias: str, *, deep: bool) -> None:
    """The memory-mapped copy, where there is one; while its set is damaged, nothing can be said of it."""
    try:
        problem = problem_of_copy(data, alias, deep=deep)
    except (PapersysError, OSError, KeyError, pa.ArrowException):
        return  # said where the files themselves are looked at
    if problem is not None:
        remedy = "`papersys reconcile` makes it anew"
        findings.gap(problem.path.relative_to(data.root).as_posix(), problem.text, remedy, VECTOR_COPY)


def _verify_coverage(data: DataFolder, findings: Findings, alias: str, *, deep: bool) -> None:
    """Papers without a vector; looking deep, also those whose text is not the one that was embedded."""
    metadata, store = MetadataStore(data), VectorStore(data, alias, cached=False)
    lacking, changed, fresh = list[str](), list[str](), 0
    oldest = now() - _NEW_FOR
    try:
        for month in metadata.months():
            ids = list(metadata.rows(month))
            hashes = store.hashes(ids) if deep else dict.fromkeys(store.has(ids), "")
            wanted = metadata.get(ids).values() if deep else metadata.get(set(ids) - hashes.keys()).values()
            for paper in wanted:
                if not text_of(paper):
                    continue  # it has no words, and gets no vector
                why = missing_reason(paper, hashes.get(paper.paper_id), year_has_file=True)
                if why is not None and paper.harvested_at is not None and paper.harvested_at > oldest:
                    fresh += 1
                elif why is not None:
                    (changed if why == "text_changed" else lacking).append(paper.paper_id)
    except (PapersysError, KeyError, pa.ArrowException):
        return  # said where the files themselves are looked at
    place, remedy = f"embeddings/{alias}", "`papersys embed`, or a running system, makes them"
    if lacking:
        findings.gap(place, f"{counted(len(lacking), 'paper')} without a vector ({some(lacking)})", remedy)
    if changed:
        text = f"{counted(len(changed), 'paper')} whose title or abstract is not what was embedded ({some(changed)})"
        findings.gap(place, text, f"if they were not revised, restore the metadata; else {remedy}")
    if fresh:
        findings.note(place, f"{counted(fresh, 'paper')} harvested within a day, not embedded yet", remedy)
