"""Embedder: gives every paper a vector and says so; gives other services vectors of texts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from services.embedder.backends import open_encoder
from services.embedder.encoding import EncodingThread
from services.embedder.gaps import GapFinder, working_off
from services.embedder.papers import PaperEmbedder
from services.embedder.recipe import recipe_of
from services.embedder.settings import Settings
from services.embedder.subscribers import register
from shared.bus import NatsBus
from shared.health import health_router
from shared.store.backlog import Backlog
from shared.store.embedding_snapshot import SnapshotKeeper
from shared.store.embedding_writer import VectorWriter
from shared.store.embeddings import VectorStore
from shared.store.files import DataFolder
from shared.store.metadata import MetadataStore


def create_app(settings: Settings) -> FastAPI:
    """Everything the embedder is made of. Vectors of another recipe than the settings' are put aside."""
    alias, model = settings.embedding.model, settings.embedding.active
    registry = CollectorRegistry()
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    bus = NatsBus(settings.bus, "embedder", registry)
    writer = VectorWriter(data, alias, recipe_of(model))
    writer.start_set()
    store, backlog = VectorStore(data, alias), Backlog(data)
    encoding = EncodingThread(open_encoder(model, settings.embedder.threads), model.dimension, model.batch_size)
    embedder = PaperEmbedder(MetadataStore(data), store, writer, backlog, encoding)
    finder = GapFinder(data, store, backlog, settings.embedder.failed_attempts)
    keeper = SnapshotKeeper(data, alias)
    upkeep = keeper.refresh if settings.embedder.map_vectors else keeper.remove
    register(bus, embedder, encoding)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        every_seconds = settings.embedder.backlog_minutes * 60
        async with encoding.running(), working_off(finder, embedder, every_seconds, upkeep), bus.running():
            yield

    app = FastAPI(title="papersys embedder", lifespan=lifespan)
    app.include_router(health_router("embedder", {"bus": bus.problem, "model": encoding.problem}, registry))
    return app
