"""Agents at the reader: its MCP server on a port of its own, and official clients of it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.routing import Route

from services.publisher.api.event_sender import EventSender
from services.publisher.mcp.endpoint import METHODS, PATH
from services.publisher.mcp.opening import open_endpoint
from services.publisher.mcp.server import create_server
from services.publisher.mcp.sources import Sources, of_user
from services.publisher.mcp.systems import BusSystem
from services.publisher.serving import ReaderServer, listen
from shared.settings.settings import HttpSettings
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.reader import FakeReader, reader


@dataclass(frozen=True)
class ServedReader:
    """A reader that answers at an address."""

    address: str
    reader: FakeReader

    @property
    def mcp(self) -> str:
        return f"{self.address}{PATH}"

    @asynccontextmanager
    async def client(self, token: str | None = None, mode: str = "auto", **options: Any) -> AsyncIterator[Client]:
        """An official client."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=30, trust_env=False, verify=False) as http,
            Client(streamable_http_client(self.mcp, http_client=http), mode=mode, **options) as client,
        ):
            yield client


@asynccontextmanager
async def agent_of(data: DataFolder, *, is_read_only: bool = False) -> AsyncIterator[tuple[Client, FakeReader]]:
    """An official client without a network between it and the server, as over standard input and output."""
    fake = reader(data)
    system = BusSystem(fake.bus, EventSender(fake.bus, lambda: fake.problems["bus"]))
    sources = Sources.open(data, fake.components.records, fake.components.ratings, system, "https://arxiv.org")
    async with Client(create_server(of_user(sources), is_read_only=is_read_only)) as client:
        yield client, fake


@asynccontextmanager
async def served_reader(
    data: DataFolder, *, token: str | None = None, is_read_only: bool = False
) -> AsyncIterator[ServedReader]:
    """The reader over a data folder, with the real HTTP server before it."""
    fake = reader(data, token=token)
    sender = EventSender(fake.bus, lambda: fake.problems["bus"])
    endpoint = open_endpoint(data, fake.components, sender, "https://arxiv.org", is_read_only=is_read_only)
    fake.app.router.routes.append(Route(PATH, endpoint, methods=METHODS))
    listener = listen("127.0.0.1", 0)
    server = ReaderServer(fake.app, listener, HttpSettings())
    async with server.running(), endpoint.running():
        yield ServedReader(f"http://127.0.0.1:{listener.getsockname()[1]}", fake)


def texts_of(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text of a structured result, with the keys that lead to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts_of(item, (*path, str(key)))
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item, path)
