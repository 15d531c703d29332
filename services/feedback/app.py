"""Feedback: stores ratings, follows, notes, glossaries, and which papers were saved, skipped and opened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.feedback.giscus.polling import ReactionPolling
from services.feedback.importing.importer import RatingImporter
from services.feedback.importing.subscribers import register_imports
from services.feedback.importing.uploads import UploadedImports
from services.feedback.importing.waiting import WaitingRatings
from services.feedback.lookups import Lookups
from services.feedback.notion.poll import NotionPoll
from services.feedback.settings import Settings
from services.feedback.subscribers import (
    register,
    register_follows,
    register_glossaries,
    register_notes,
    register_signals,
)
from shared.bus.bus import NatsBus
from shared.service.background import Background, Loop
from shared.service.health import Check, health_router
from shared.service.metrics import new_registry
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.follows import FollowStore
from shared.store.people.glossaries import GlossaryStore
from shared.store.people.notes import NoteStore
from shared.store.people.preferences import RatingStore
from shared.store.people.signals import SignalStore
from shared.tracing.opening import open_tracer


def create_app(settings: Settings) -> FastAPI:
    """The health app of the service."""
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    registry = new_registry(data)
    bus = NatsBus(settings.bus, "feedback", registry, open_tracer(settings.tracing, "feedback"))
    ratings = RatingStore(data)
    lookups = Lookups(bus, ratings, MetadataStore(data), waiting=WaitingRatings(data))
    register(bus, ratings, lookups)
    register_follows(bus, FollowStore(data))
    register_notes(bus, NoteStore(data))
    register_glossaries(bus, GlossaryStore(data))
    register_signals(bus, SignalStore(data), keep_opened=settings.feedback.keep_signals)
    register_imports(bus, UploadedImports(data, RatingImporter(data, ratings)), lookups)
    loops: dict[str, Loop] = {"metadata of rated papers": lookups.run} if settings.feedback.look_up else {}
    notes: dict[str, Check] = {}
    if settings.giscus.is_read:
        reactions = ReactionPolling(settings.giscus, data, ratings, bus.publish)
        loops["reactions on published papers"], notes["giscus"] = reactions.run, reactions.note
    if settings.notion.enabled:
        notion = NotionPoll(settings.notion, data, ratings, bus)
        loops["ratings in Notion"], notes["notion"] = notion.run, notion.problem
    background = Background(loops)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        data.prepare()
        async with background.running(), bus.running():
            yield

    app = FastAPI(title="papersys feedback", lifespan=lifespan)
    checks = {"bus": bus.problem, "background": background.problem}
    app.include_router(health_router("feedback", checks, registry, notes))
    return app
