"""What the command line does with vectors; works with no running system, and beside one."""

import asyncio
from dataclasses import dataclass, field

import numpy as np

from services.embedder.backends import open_encoder
from services.embedder.encoding import EncodingThread
from services.embedder.gaps import GapFinder, Progress, work_off
from services.embedder.papers import PaperEmbedder
from services.embedder.recipe import recipe_of
from services.embedder.settings import Settings
from services.embedder.texts import normalised, text_of
from services.embedder.verification import verify_vectors
from shared.errors import PapersysError
from shared.store.backlog import Backlog
from shared.store.embedding_writer import VectorWriter
from shared.store.embeddings import Matrix, Vectors, VectorStore
from shared.store.files import DataFolder
from shared.store.metadata import MetadataStore, Paper


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
    year: int | None = None,
    limit: int | None = None,
    dry_run: bool = False,
    sample: int | None = None,
    progress: Progress | None = None,
) -> EmbedReport:
    """Embed papers that have no current vector, newest first; an interrupted run goes on where it was.

    `sample` encodes that many of the newest papers, shows their vectors and stores nothing. Raises PapersysError.
    """
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    if sample is not None:
        return EmbedReport(sample=asyncio.run(_sample(settings, data, sample)))
    alias = settings.embedding.model
    VectorWriter(data, alias, recipe_of(settings.embedding.active)).check_recipe()
    missing = _count_missing(GapFinder(data, VectorStore(data, alias), Backlog(data), None), year)
    todo = sum(missing.values()) if limit is None else min(limit, sum(missing.values()))
    if dry_run or not todo:
        return EmbedReport(missing)
    return asyncio.run(_embed(settings, data, missing, year, todo, progress or (lambda done, total: None)))


def verify(settings: Settings) -> list[str]:
    """What is wrong with the vectors of the active model, one line each with what to do; empty where nothing is."""
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    return verify_vectors(data, settings.embedding.model, recipe_of(settings.embedding.active))


def recipe_name(settings: Settings) -> str:
    """Names all that decides the vectors of the active model."""
    return repr(recipe_of(settings.embedding.active))


def encode_texts(settings: Settings, texts: list[str]) -> Matrix:
    """The vectors of texts (n x d, float32, length 1; zeros for a text without words), encoded in this process."""
    return asyncio.run(_encode_texts(settings, texts))


async def _encode_texts(settings: Settings, texts: list[str]) -> Matrix:
    async with _encoding(settings).running_or_failing() as encoding:
        return np.nan_to_num((await encoding.encode([normalised(text) for text in texts])).matrix)


def _count_missing(finder: GapFinder, year: int | None) -> dict[str, int]:
    counts: dict[str, int] = {}
    for gap in finder.gaps(year):
        for row in gap.rows:
            counts[row.missing_reason] = counts.get(row.missing_reason, 0) + 1
    return counts


async def _embed(
    settings: Settings, data: DataFolder, missing: dict[str, int], year: int | None, todo: int, progress: Progress
) -> EmbedReport:
    alias = settings.embedding.model
    store, backlog = VectorStore(data, alias), Backlog(data)
    writer = VectorWriter(data, alias, recipe_of(settings.embedding.active))
    async with _encoding(settings).running_or_failing() as encoding:
        embedder = PaperEmbedder(MetadataStore(data), store, writer, backlog, encoding)
        worked = await work_off(
            GapFinder(data, store, backlog, None),
            embedder,
            year=year,
            limit=todo,
            done=lambda worked: progress(worked.embedded + worked.failed, todo),
        )
    return EmbedReport(missing, worked.embedded, worked.failed)


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
