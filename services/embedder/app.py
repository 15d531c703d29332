"""Embedder: gives every paper a vector and says so; gives other services vectors of texts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.embedder.models import build_models, loops_of, models_running
from services.embedder.settings import Settings
from services.embedder.subscribers import register
from shared.bus.bus import NatsBus
from shared.leases.tasks import by_one_process_each
from shared.service.background import Background
from shared.service.health import health_router
from shared.service.metrics import new_registry
from shared.store.files.data_folder import DataFolder
from shared.tracing.opening import open_tracer


def create_app(settings: Settings) -> FastAPI:
    """Everything the embedder is made of. Vectors of another recipe than the settings' are put aside."""
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    registry = new_registry(data)
    bus = NatsBus(settings.bus, "embedder", registry, open_tracer(settings.tracing, "embedder"))
    models = build_models(settings, data)
    register(bus, models)
    background = Background(by_one_process_each(loops_of(models, settings.embedder.backlog_minutes * 60)))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with models_running(models), background.running(), bus.running():
            yield

    app = FastAPI(title="papersys embedder", lifespan=lifespan)
    also = {f"model {model.alias}": model.encoding.problem for model in models[1:]}
    checks = {"bus": bus.problem, "model": models[0].encoding.problem, **also, "background": background.problem}
    app.include_router(health_router("embedder", checks, registry))
    return app
