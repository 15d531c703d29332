"""The fetcher's objects and how they hang together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import httpx
from fastapi import FastAPI

from services.fetcher.announcing.announcer import Announcer
from services.fetcher.announcing.outbox import Outbox
from services.fetcher.arxiv.client import Arxiv
from services.fetcher.arxiv.gate import Gate, Pacing
from services.fetcher.confinement import fences
from services.fetcher.documents.converter import Converter
from services.fetcher.documents.document_fetcher import DocumentFetcher
from services.fetcher.documents.local_documents import LocalDocuments
from services.fetcher.harvesting.harvest import Harvester
from services.fetcher.harvesting.metrics import HarvestCollector
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.scheduling.audit import Auditor
from services.fetcher.scheduling.context import FetcherContext
from services.fetcher.scheduling.daily import DailyHarvest
from services.fetcher.scheduling.schedule import Schedule
from services.fetcher.scheduling.wanted import AskedHarvests, is_owed
from services.fetcher.settings import FetcherSettings, Settings
from services.fetcher.sources.registry import Server, open_servers
from services.fetcher.sources.server_documents import ServerDocuments
from services.fetcher.sources.source_loop import SourceLoop
from services.fetcher.subscribers import Documents, register, register_harvest
from shared.bus.bus import NatsBus
from shared.service.background import Background
from shared.service.health import health_router
from shared.service.metrics import new_registry
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import RunStore
from shared.store.papers.metadata import MetadataStore
from shared.tracing.opening import open_tracer


@dataclass(frozen=True)
class Components:
    """The objects that the service and the command line share."""

    data: DataFolder
    gate: Gate
    arxiv: Arxiv
    catalogue: Catalogue
    harvester: Harvester
    auditor: Auditor
    daily: DailyHarvest


def build(data: DataFolder, settings: FetcherSettings, transport: httpx.AsyncBaseTransport | None = None) -> Components:
    """Nothing is opened and nobody is asked yet."""
    gate = new_gate(data, settings)
    arxiv = Arxiv(settings, gate, transport)
    catalogue = Catalogue(MetadataStore(data))
    harvester = Harvester(arxiv, catalogue, data)
    context = FetcherContext(arxiv, catalogue, data, settings)
    auditor = Auditor(context, harvester)
    daily = DailyHarvest(context, harvester, auditor)
    return Components(data, gate, arxiv, catalogue, harvester, auditor, daily)


def new_gate(data: DataFolder, settings: FetcherSettings) -> Gate:
    return Gate(data, Pacing(settings.pace_seconds, settings.patience_seconds, settings.failure_waits_seconds))


def create_app(settings: Settings) -> FastAPI:
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    registry = new_registry(data)
    bus = NatsBus(settings.bus, "fetcher", registry, open_tracer(settings.tracing, "fetcher"))
    data.prepare()
    registry.register(HarvestCollector(RunStore(data)))
    components = build(data, settings.fetcher)
    converter = Converter()
    documents = DocumentFetcher(components.arxiv, components.catalogue, data, settings.fetcher, converter)
    announcer = Announcer(Outbox(data, bus))
    own_files = LocalDocuments(data, settings.fetcher, converter)
    servers = open_servers(data, settings.fetcher, components.catalogue)
    of_servers = ServerDocuments(servers, components.catalogue, data, settings.fetcher, converter)
    register(bus, components.arxiv, components.catalogue, Documents(documents, own_files, of_servers), servers)

    asked = AskedHarvests(data)

    async def harvest() -> None:
        question = asked.open_question()
        try:
            await components.daily.run()
        finally:
            announcer.wake()
        asked.answer(question)

    def harvest_now() -> None:
        asked.ask()
        schedule.harvest_now()

    schedule = Schedule(
        settings.fetcher, harvest, partial(is_owed, data, settings.fetcher, components.harvester.unfinished)
    )
    register_harvest(bus, harvest_now)
    loops = {f"harvests of {server.name}": _loop_of(server, bus, settings.fetcher).run for server in servers}
    background = Background({"announcements": announcer.run, "harvests": schedule.run, **loops})

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(fences.available_fence)
        try:
            async with bus.running():
                async with background.running():
                    yield
                converter.close()
        finally:
            await components.arxiv.close()
            await servers.close()

    app = FastAPI(title="papersys fetcher", lifespan=lifespan)
    checks = {"bus": bus.problem, "arxiv": components.gate.stop_problem, "background": background.problem}
    notes = {"converters": fences.unconfined_note, **{server.name: server.problem for server in servers}}
    app.include_router(health_router("fetcher", checks, registry, notes))
    return app


def _loop_of(server: Server, bus: NatsBus, settings: FetcherSettings) -> SourceLoop:
    every, waits = server.settings.every_hours, settings.failure_waits_seconds
    return SourceLoop(server.harvest, server.outbox, bus, every, waits)
