"""Ranker: learns from ratings, picks the papers of the day, and says why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import Counter

from services.ranker.components import Ranker, build
from services.ranker.settings import Settings
from services.ranker.subscribers import (
    register,
    register_follows,
    register_interests,
    register_maps,
    register_rising,
)
from shared.bus.bus import NatsBus
from shared.service.background import Background, Loop
from shared.service.health import health_router
from shared.service.metrics import new_registry
from shared.store.files.data_folder import DataFolder
from shared.tracing.opening import open_tracer


def create_app(settings: Settings) -> FastAPI:
    registry = new_registry(DataFolder(settings.data.path, settings.data.min_free_mb))
    bus = NatsBus(settings.bus, "ranker", registry, open_tracer(settings.tracing, "ranker"))
    refits = Counter("papersys_ranker_refits", "Models learned", ["regime"], registry=registry)
    ranker = build(settings, bus, on_refit=lambda taste: refits.labels(taste.regime).inc())
    ranker.data.prepare()
    register(bus, ranker.daily, ranker.learner, ranker.answers)
    register_interests(bus, ranker.interests)
    register_follows(bus, ranker.follows)
    register_maps(bus, ranker.maps)
    register_rising(bus, ranker.rising)
    background = Background(loops_of(ranker))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await ranker.daily.load()
        async with bus.running(), background.running():
            yield

    app = FastAPI(title="papersys ranker", lifespan=lifespan)
    app.include_router(health_router("ranker", {"bus": bus.problem, "background": background.problem}, registry))
    return app


def loops_of(ranker: Ranker) -> dict[str, Loop]:
    """What the ranker does by itself."""
    return {
        "learning": ranker.learner.watch,
        "the day's selection": ranker.daily.keep_time,
        "vectors of seeds": ranker.seeds.keep_asking,
        "search index": ranker.answers.searcher.updater.keep,
        "effect of signals": ranker.signal_watch.run,
        "missed papers": ranker.missed_watch.run,
    }
