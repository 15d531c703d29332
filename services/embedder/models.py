"""The embedding models at work: that in use, and those whose vectors are joined to its own."""

import functools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from services.embedder.backends import open_encoder
from services.embedder.encoding.encoding_queue import EncodingThread
from services.embedder.papers.embedding import PaperEmbedder
from services.embedder.papers.gaps import GapFinder, keep_embedding_missing
from services.embedder.recipe import recipe_of
from services.embedder.settings import EmbedderSettings, Settings
from shared.service.background import Loop
from shared.settings.settings import ModelSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.backlog import Backlog
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.recipe_sets import RecipeSets
from shared.store.vectors.snapshot import SnapshotKeeper
from shared.store.vectors.writer import VectorWriter


@dataclass(frozen=True)
class Model:
    """One model with its thread, its vectors and the search for what lacks one."""

    embedder: PaperEmbedder
    encoding: EncodingThread
    finder: GapFinder
    maintain_snapshot: Callable[[], object]

    @property
    def alias(self) -> str:
        return self.embedder.alias


def build_models(settings: Settings, data: DataFolder) -> list[Model]:
    """The models of the settings, that in use first. Vectors of another recipe than the settings' are put aside."""
    return [_built(alias, table, settings.embedder, data) for alias, table in settings.embedding.joined.items()]


@asynccontextmanager
async def models_running(models: Sequence[Model]) -> AsyncIterator[None]:
    """Encode, each model in a thread of its own."""
    async with AsyncExitStack() as stack:
        for model in models:
            await stack.enter_async_context(model.encoding.running())
        yield


def loops_of(models: Sequence[Model], every_seconds: float) -> dict[str, Loop]:
    """What the embedder does by itself: close gaps, each model its own."""
    return {f"the backlog of {model.alias}": functools.partial(_closing_gaps, model, every_seconds) for model in models}


async def _closing_gaps(model: Model, every_seconds: float) -> None:
    await keep_embedding_missing(model.finder, model.embedder, every_seconds, model.maintain_snapshot)


def _built(alias: str, table: ModelSettings, settings: EmbedderSettings, data: DataFolder) -> Model:
    recipe = recipe_of(table)
    RecipeSets(data, alias, recipe).start()
    writer = VectorWriter(data, alias, recipe)
    store, backlog = VectorStore(data, alias), Backlog(data)
    encoding = EncodingThread(open_encoder(table, settings.threads), table.dimension, table.batch_size)
    keeper = SnapshotKeeper(data, alias)
    return Model(
        PaperEmbedder(MetadataStore(data), store, writer, backlog, encoding),
        encoding,
        GapFinder(data, store, backlog, settings.failed_attempts),
        keeper.refresh if settings.map_vectors else keeper.remove,
    )
