"""Publisher: shows what was read, in the reader on its own port and as Markdown for the site."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from services.publisher.access.access import Gate
from services.publisher.access.sessions import Sessions
from services.publisher.pages.components import Desk
from services.publisher.pages.queues import NatsQueues
from services.publisher.pages.status_page import Counter, HealthPages
from services.publisher.pages.templating import arxiv_address
from services.publisher.ratings import Ratings
from services.publisher.reader import create_reader, open_templates
from services.publisher.records import Library
from services.publisher.serving import ReaderServer, listen
from services.publisher.settings import PublisherSettings, Settings
from services.publisher.site.markdown_files import Site
from services.publisher.subscribers import register
from shared.bus.bus import NatsBus
from shared.service.background import Background
from shared.service.health import health_router
from shared.store.files.data_folder import DataFolder


def create_app(settings: Settings, listener: socket.socket | None = None) -> FastAPI:
    """The health app of the service; the reader starts and stops with it. Raises SettingsError.

    `listener` is the reader's socket where the caller has opened it already, to say at once that a port is taken.
    """
    registry = CollectorRegistry()
    bus = NatsBus(settings.bus, "publisher", registry)
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    library = Library(data, settings.embedding.model)
    register(bus, Site(data, library, arxiv_address(settings.demo)))
    health = HealthPages(settings.http)
    desk = Desk(
        library=library,
        ratings=Ratings(data, library.user),
        bus=bus,
        bus_problem=bus.problem,
        queues=NatsQueues(lambda: bus.jetstream, bus.problem),
        health=health,
        counter=Counter(data, settings.embedding.model),
        gate=_open_gate(settings.publisher, data),
        templates=open_templates(settings.demo),
    )
    reader = create_reader(desk)
    server: ReaderServer | None = None
    listeners: list[socket.socket] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        nonlocal server
        data.prepare()
        listeners.append(listener or open_listener(settings))
        async with background.running(), bus.running():
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

    background = Background({"the reader": serve})
    app = FastAPI(title="papersys publisher", lifespan=lifespan)
    checks = {"bus": bus.problem, "reader": reader_problem, "background": background.problem}
    app.include_router(health_router("publisher", checks, registry))
    return app


def _open_gate(settings: PublisherSettings, data: DataFolder) -> Gate:
    token = settings.known_token()
    sessions = Sessions(data, token or "", settings.session_days)
    return Gate.of(token, (settings.host, *settings.allowed_hosts), sessions)


def open_listener(settings: Settings) -> socket.socket:
    """The reader's socket; the token is looked for first. Raises SettingsError and PapersysError."""
    settings.publisher.known_token()
    return listen(settings.publisher.host, settings.publisher.port)
