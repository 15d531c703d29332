"""What the command line does with vectors; works with no running system, and beside one."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from services.embedder.backends import open_encoder
from services.embedder.encoding.encoding_queue import EncodingThread, Priority
from services.embedder.papers.embedding import PaperEmbedder
from services.embedder.papers.gaps import GapFinder, Progress, embed_missing
from services.embedder.papers.text import normalised, text_of
from services.embedder.recipe import recipe_of
from services.embedder.settings import Settings
from services.embedder.verification import verify_vectors
from shared.command_line.context import TextEncoder
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.vectors.backlog import Backlog
from shared.store.vectors.embeddings import Matrix, Recipe, Vectors, VectorStore
from shared.store.vectors.joined_vectors import joined
from shared.store.vectors.recipe_sets import RecipeSets
from shared.store.vectors.snapshot import SnapshotKeeper
from shared.store.vectors.writer import VectorWriter

_CHUNK = 256
"""Papers between two writes and two steps of the progress bar."""


@dataclass(frozen=True)
class EmbedReport:
    """What `embed` did, or with `dry_run` would do: `missing` counts papers without a current vector, by reason."""

    missing: dict[str, int] = field(default_factory=dict)
    embedded: int = 0
    failed: int = 0
    sample: Vectors | None = None


def embed(
    settings: Settings,
    *,
    model: str | None = None,
    year: int | None = None,
    backlog: bool = False,
    limit: int | None = None,
    dry_run: bool = False,
    sample: int | None = None,
    progress: Progress | None = None,
) -> EmbedReport:
    """Embed papers that have no current vector, newest first; an interrupted run goes on where it was.

    `model` is an alias of the settings (none: the one in use, then those joined to it), `backlog` keeps to the papers
    that are queued. `sample` encodes that many of the newest papers, shows their vectors and stores nothing. Raises
    PapersysError.
    """
    if sample is not None:
        settings = _with_model(settings, model)
        data = DataFolder(settings.data.path, settings.data.min_free_mb)
        return EmbedReport(sample=asyncio.run(_sample(settings, data, sample)))
    chosen = list(settings.embedding.joined) if model is None else [model]
    plan = _Plan(year, backlog, limit, dry_run, progress or (lambda done, total: None))
    return _sum([_embed_with(_with_model(settings, alias), plan) for alias in chosen])


def _embed_with(settings: Settings, plan: "_Plan") -> EmbedReport:
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    recipe = recipe_of(settings.embedding.active)
    sets = RecipeSets(data, settings.embedding.model, recipe)
    if not plan.dry_run:
        sets.start()
    missing = _count_missing(
        GapFinder(data, sets.stored(), Backlog(data), None, only_queued=plan.only_queued), plan.year
    )
    todo = sum(missing.values()) if plan.limit is None else min(plan.limit, sum(missing.values()))
    if plan.dry_run or not todo:
        return EmbedReport(missing)
    job = _Job(VectorWriter(data, settings.embedding.model, recipe), missing, todo, plan)
    return asyncio.run(_embed(settings, data, job))


def verify(settings: Settings, model: str | None = None) -> list[str]:
    """What is wrong with the vectors of a model (none: all in use), a line each with what to do; empty: nothing is."""
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    chosen = settings.embedding.joined if model is None else {model: _with_model(settings, model).embedding.active}
    return [
        str(finding) for alias, table in chosen.items() for finding in verify_vectors(data, alias, recipe_of(table))
    ]


@dataclass(frozen=True)
class _Plan:
    year: int | None
    only_queued: bool
    limit: int | None
    dry_run: bool
    progress: Progress


@dataclass(frozen=True)
class _Job:
    writer: VectorWriter
    missing: dict[str, int]
    todo: int
    plan: _Plan


def _with_model(settings: Settings, alias: str | None) -> Settings:
    """The settings with another model in use. Raises SettingsError on an alias that has no table."""
    if alias is None:
        return settings
    chosen = settings.model_copy(update={"embedding": settings.embedding.model_copy(update={"model": alias})})
    _ = chosen.embedding.active
    return chosen


def recipe_name(settings: Settings) -> str:
    """Names all that decides the vectors of `encode_texts`."""
    recipes = [recipe_of(table) for table in settings.embedding.joined.values()]
    return repr(recipes[0] if len(recipes) == 1 else recipes)


def encode_texts(settings: Settings, texts: list[str]) -> Matrix:
    """The vectors of texts (n x d, float32, length 1), encoded in this process; those of joined models joined.

    A text without words has a part of zeros.
    """
    chosen = [_with_model(settings, alias) for alias in settings.embedding.joined]
    return joined([asyncio.run(_encode_texts(model, texts)) for model in chosen])


def recipe_of_alias(settings: Settings, alias: str) -> Recipe:
    """What the model of a table of the settings makes vectors by. Raises SettingsError on an alias without a table."""
    return recipe_of(_with_model(settings, alias).embedding.active)


class LocalTextEncoder(TextEncoder):
    """The embedding models of the settings, in this process; they are loaded anew for each call of `encode`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def recipe(self) -> str:
        return recipe_name(self._settings)

    def encode(self, texts: Sequence[str]) -> Matrix:
        return encode_texts(self._settings, list(texts))


async def _encode_texts(settings: Settings, texts: list[str]) -> Matrix:
    async with _encoding(settings).running_or_failing() as encoding:
        return np.nan_to_num((await encoding.encode([normalised(text) for text in texts])).matrix)


def _sum(reports: Sequence[EmbedReport]) -> EmbedReport:
    missing = sum((Counter(report.missing) for report in reports), Counter[str]())
    embedded, failed = (sum(getattr(report, name) for report in reports) for name in ("embedded", "failed"))
    return EmbedReport(dict(missing), embedded, failed)


def _count_missing(finder: GapFinder, year: int | None) -> dict[str, int]:
    counts: dict[str, int] = {}
    for gap in finder.gaps(year):
        for row in gap.rows:
            counts[row.missing_reason] = counts.get(row.missing_reason, 0) + 1
    return counts


async def _embed(settings: Settings, data: DataFolder, job: _Job) -> EmbedReport:
    alias = settings.embedding.model
    store, backlog = VectorStore(data, alias), Backlog(data)
    async with _encoding(settings).running_or_failing() as encoding:
        embedder = PaperEmbedder(MetadataStore(data), store, job.writer, backlog, encoding)
        worked = await embed_missing(
            GapFinder(data, store, backlog, None, only_queued=job.plan.only_queued),
            embedder,
            year=job.plan.year,
            limit=job.todo,
            priority=Priority.PAPERS,
            chunk_size=_CHUNK,
            done=lambda worked: job.plan.progress(worked.embedded + worked.failed, job.todo),
        )
    if settings.embedder.map_vectors:
        SnapshotKeeper(data, alias).refresh()
    return EmbedReport(job.missing, worked.embedded, worked.failed)


async def _sample(settings: Settings, data: DataFolder, count: int) -> Vectors:
    papers = _newest(MetadataStore(data), count)
    if not papers:
        raise PapersysError("No papers are harvested yet; run `papersys fetch` first.")
    async with _encoding(settings).running_or_failing() as encoding:
        encoded = await encoding.encode([text_of(paper) for paper in papers])
    return Vectors([paper.paper_id for paper in papers], np.nan_to_num(encoded.matrix))


def _encoding(settings: Settings) -> EncodingThread:
    model = settings.embedding.active
    return EncodingThread(open_encoder(model, settings.embedder.threads), model.dimension, model.batch_size)


def _newest(metadata: MetadataStore, count: int) -> list[Paper]:
    papers: list[Paper] = []
    for month in reversed(metadata.months()):
        papers += reversed(metadata.month(month))
        if len(papers) >= count:
            break
    return papers[:count]
