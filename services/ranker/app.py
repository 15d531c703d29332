"""Ranker: learns from verdicts, picks the papers of the day, and says why."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter

from services.ranker.components import build
from services.ranker.settings import Settings
from services.ranker.subscribers import register, register_interests
from shared.bus import NatsBus
from shared.health import health_router


def create_app(settings: Settings) -> FastAPI:
    registry = CollectorRegistry()
    bus = NatsBus(settings.bus, "ranker", registry)
    refits = Counter("papersys_ranker_refits", "Models learned", ["regime"], registry=registry)
    ranker = build(settings, bus, on_refit=lambda taste: refits.labels(taste.regime).inc())
    ranker.data.prepare()
    register(bus, ranker.daily, ranker.learner, ranker.answers)
    register_interests(bus, ranker.interests)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await ranker.daily.load()
        upkeep = ranker.answers.searcher.upkeep
        loops = (ranker.learner.watch, ranker.daily.keep_time, ranker.seeds.keep_asking, upkeep.keep)
        async with bus.running(), _in_background(*loops):
            yield

    app = FastAPI(title="papersys ranker", lifespan=lifespan)
    app.include_router(health_router("ranker", {"bus": bus.problem}, registry))
    return app


@asynccontextmanager
async def _in_background(*loops: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run endless coroutines beside the block and cancel them at its end."""
    tasks = [asyncio.create_task(loop()) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
