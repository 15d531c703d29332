"""Publisher: shows papers and summaries, in the reader on its own port and as Markdown for the site."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import partial

from fastapi import APIRouter, FastAPI
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from services.publisher.access.policy import AccessPolicy
from services.publisher.access.sessions import Sessions
from services.publisher.api.event_sender import EventSender
from services.publisher.asking import routes as asking
from services.publisher.mcp.endpoint import METHODS, PATH, McpEndpoint
from services.publisher.mcp.opening import open_endpoint
from services.publisher.outgoing import Outgoing
from services.publisher.outlets.notion.opening import open_loop
from services.publisher.outlets.zotero.opening import open_loop as open_zotero_loop
from services.publisher.pages.components import Components
from services.publisher.pages.templating import arxiv_address
from services.publisher.reader import create_reader, open_templates
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from services.publisher.records.summary_requests import SummaryRequests
from services.publisher.serving import ReaderServer, listen
from services.publisher.settings import PublisherSettings, Settings
from services.publisher.site.building.build import SiteBuilder
from services.publisher.site.daily_build import DailyBuild
from services.publisher.site.deploying.last_deployment import DeploymentStore
from services.publisher.site.deploying.opening import open_deployment
from services.publisher.site.markdown_files import Site
from services.publisher.site.withdrawals import WithdrawnPages
from services.publisher.subscribers import register
from services.publisher.system.demo import routes as demo
from services.publisher.system.importing import routes as importing
from services.publisher.system.setup import routes as setup
from services.publisher.system.setup.likes import SetupLikes
from services.publisher.system.setup.model_keys import ModelKeys
from services.publisher.system.setup.rating_sets import RatingSets
from services.publisher.system.setup.settings_file import SettingsFile
from services.publisher.system.setup.spread_papers import SpreadPapers
from services.publisher.system.status.connections import Connections
from services.publisher.system.status.copies_metrics import CopiesCollector
from services.publisher.system.status.dataset_counts import DatasetCounts
from services.publisher.system.status.health import HealthPages
from services.publisher.system.status.queues import NatsQueues
from services.publisher.system.status.request_times import RequestTimes, reader_seconds
from services.publisher.system.status.status import StatusSources
from shared.bus.bus import NatsBus
from shared.demo.days import demo_days_path, read_demo_days
from shared.hosts.addresses import reachable
from shared.leases.tasks import by_one_process_each
from shared.service.background import Background, Loop
from shared.service.health import health_router
from shared.service.metrics import new_registry
from shared.settings.settings import find_settings_file
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.backups import BackupRecords
from shared.store.keeping.syncs import SyncRecords
from shared.store.people.glossaries import GlossaryStore
from shared.store.people.notes import NoteStore
from shared.store.people.rating_uploads import RatingUploads
from shared.store.people.users import UserStore
from shared.store.research.traces import TraceStore
from shared.tracing.opening import open_tracer


def create_app(settings: Settings, listener: socket.socket | None = None) -> FastAPI:
    """The health app of the service; the reader starts and stops with it. Raises SettingsError.

    `listener` is the reader's socket where the caller has opened it already, to say at once that a port is taken.
    """
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    registry = new_registry(data)
    registry.register(CopiesCollector(data, settings.backup, settings.sync))
    bus = NatsBus(settings.bus, "publisher", registry, open_tracer(settings.tracing, "publisher"))
    records = Records(data, settings.embedding.model)
    notion = open_loop(settings, data, records)
    notice = notion.notice if notion else lambda: None
    site = Site(data, records, arxiv_address(settings.demo), settings.publisher.site)
    register(bus, site, notice)
    health = HealthPages(settings.http)
    counts = DatasetCounts(data, settings.embedding.model, records)
    components = Components(
        records=records,
        ratings=Ratings(data, records.user),
        summary_requests=SummaryRequests(records),
        bus=bus,
        status=StatusSources(
            health,
            counts,
            NatsQueues(lambda: bus.jetstream, bus.problem),
            DeploymentStore(data),
            backups=None if settings.demo.enabled and not settings.backup.repository else BackupRecords(data),
            backup_settings=settings.backup,
            syncs=SyncRecords(data),
            sync_settings=settings.sync,
            connections=Connections(data, settings.webhooks, settings.zotero),
        ),
        access=_access_policy(settings.publisher, data),
        templates=_open_templates(settings, data),
        notes=NoteStore(data),
        glossaries=GlossaryStore(data),
    )
    sender = EventSender(bus, bus.problem)
    own_address, arxiv = _own_address(settings.publisher), arxiv_address(settings.demo)
    outgoing = Outgoing.open(data, components, settings.digest, own_address, settings.webhooks, arxiv)
    zotero = open_zotero_loop(settings, data, records, components.access, bus.publish)
    reader = create_reader(components, sender, outgoing, _rooms(settings, components, data))
    reader.add_middleware(RequestTimes, seconds=reader_seconds(registry))
    mcp = _open_mcp(settings, data, components, sender)
    if mcp is not None:
        reader.router.routes.append(Route(PATH, mcp, methods=METHODS))
    server: ReaderServer | None = None
    listeners: list[socket.socket] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        nonlocal server
        data.prepare()
        listeners.append(listener or open_listener(settings))
        async with background.running(), bus.running(), mcp.running() if mcp else nullcontext():
            yield
        await health.close()

    async def serve() -> None:
        """A reader that ended has closed its socket: the next one opens its own."""
        nonlocal server
        listening = listeners.pop() if listeners else open_listener(settings)
        server = ReaderServer(reader, listening, settings.http, settings.publisher.trusted_proxies)
        async with server.running():
            await server.ended()

    def reader_problem() -> str | None:
        return server.problem() if server else "the reader has not started yet"

    async def read_ahead() -> None:
        """The first to open a page should not wait for what can be read before."""
        await asyncio.to_thread(records.read_ahead)
        await asyncio.to_thread(counts.counts)

    loops: dict[str, Loop] = {"likes of the setup": SetupLikes(data, sender).run}
    loops |= {"pages of withdrawn papers": WithdrawnPages(data, records, site).run}
    loops |= {"the daily e-mail": outgoing.digest.run} if outgoing.digest else {}
    loops |= {"webhooks": outgoing.chats.run} if outgoing.chats else {}
    loops |= {"Zotero": zotero.run} if zotero else {}
    loops |= {"the site": _daily_build(settings, data, records).run} if settings.publisher.site.after_each_day else {}
    if settings.publisher.deploy.after_build:
        address = settings.publisher.site.address or ""
        loops |= {"deploying the site": open_deployment(data, settings.publisher.deploy, address).run}
    loops |= {"rows of Notion": notion.run} if notion else {}
    background = Background({"the reader": serve, "reading ahead": read_ahead, **by_one_process_each(loops)})
    app = FastAPI(title="papersys publisher", lifespan=lifespan)
    checks = {"bus": bus.problem, "reader": reader_problem, "background": background.problem}
    notes = {"notion": notion.problem} if notion else {}
    notes |= {"webhooks": outgoing.chats.note} if outgoing.chats else {}
    notes |= {"zotero": zotero.note} if zotero else {}
    app.include_router(health_router("publisher", checks, registry, notes))
    return app


def _open_mcp(settings: Settings, data: DataFolder, components: Components, sender: EventSender) -> McpEndpoint | None:
    agents, arxiv = settings.publisher.mcp, arxiv_address(settings.demo)
    return open_endpoint(data, components, sender, arxiv, is_read_only=agents.read_only) if agents.enabled else None


def _daily_build(settings: Settings, data: DataFolder, records: Records) -> DailyBuild:
    site = settings.publisher.site
    builder = SiteBuilder(data, site, settings.comments, arxiv_address(settings.demo))
    return DailyBuild(data, records, site, builder)


def _open_templates(settings: Settings, data: DataFolder) -> Jinja2Templates:
    demo_days = partial(read_demo_days, demo_days_path(data))
    return open_templates(settings.demo, demo_days, keeps_signals=settings.feedback.keep_signals)


def _own_address(settings: PublisherSettings) -> str:
    """Where the reader answers on this machine."""
    return f"http://{reachable(settings.host)}:{settings.port}"


def _rooms(settings: Settings, components: Components, data: DataFolder) -> list[APIRouter]:
    """Pages that know more of the settings than where the records lie."""
    rooms = [
        setup.router(components, _setup(settings, data)),
        importing.router(components, RatingUploads(data)),
        asking.router(components, TraceStore(data), arxiv_address(settings.demo)),
    ]
    return [*rooms, demo.router(components, settings.demo.port)] if settings.demo.enabled else rooms


def _setup(settings: Settings, data: DataFolder) -> setup.Setup:
    file = SettingsFile.of(find_settings_file(), is_demo=settings.demo.enabled)
    return setup.Setup(
        data, file, ModelKeys(file, settings.llm), RatingSets(data, SpreadPapers(data, settings.embedding.model))
    )


def _access_policy(settings: PublisherSettings, data: DataFolder) -> AccessPolicy:
    token = settings.known_token()
    sessions = Sessions(data, token or "", settings.session_days)
    return AccessPolicy.of(token, (settings.host, *settings.allowed_hosts), sessions, UserStore(data))


def open_listener(settings: Settings) -> socket.socket:
    """The reader's socket; the token is looked for first. Raises SettingsError and PapersysError."""
    settings.publisher.known_token()
    return listen(settings.publisher.host, settings.publisher.port)
