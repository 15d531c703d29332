"""The reader over a data folder, without NATS and without other services."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.templating import Jinja2Templates

from services.publisher.access.access import Gate
from services.publisher.access.sessions import Sessions
from services.publisher.pages.components import Desk
from services.publisher.pages.queues import QueueState
from services.publisher.pages.status_page import Counter, HealthPages
from services.publisher.ratings import Ratings
from services.publisher.reader import create_reader, open_templates
from services.publisher.records import Library
from shared.settings.settings import SERVICES, DemoSettings, HttpSettings
from shared.store.files.data_folder import DataFolder
from tests.support.bus import FakeBus

HTML = {"accept": "text/html"}
FORM = {"sec-fetch-site": "same-origin", **HTML}


@dataclass
class FakeQueues:
    """Queues whose state is set by hand."""

    known: QueueState = field(default_factory=QueueState)

    async def state(self) -> QueueState:
        return self.known


@dataclass
class ReaderOnPaper:
    """The app and everything it was given, to be changed by a test."""

    app: FastAPI
    bus: FakeBus
    queues: FakeQueues
    problems: dict[str, str | None]
    down: set[str]

    def client(self, host: str = "127.0.0.1:8080", **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=f"http://{host}", **options)


def reader(
    data: DataFolder, *, token: str | None = None, hosts: tuple[str, ...] = (), demo: bool = False
) -> ReaderOnPaper:
    """A reader whose bus and neighbours are fakes; services named in `down` do not answer."""
    bus, queues, down = FakeBus(), FakeQueues(), set[str]()
    problems: dict[str, str | None] = {"bus": None}
    library = Library(data, "minilm")
    settings = HttpSettings()

    def answer(request: httpx.Request) -> httpx.Response:
        service = SERVICES[(request.url.port or 0) - settings.first_port]
        if service in down:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(200, json={"service": service, "status": "ready", "problems": {}})

    desk = Desk(
        library=library,
        ratings=Ratings(data, library.user),
        bus=bus,
        bus_problem=lambda: problems["bus"],
        queues=queues,
        health=HealthPages(settings, httpx.AsyncClient(transport=httpx.MockTransport(answer), trust_env=False)),
        counter=Counter(data, "minilm"),
        gate=Gate.of(token, hosts, Sessions(data, token or "")),
        templates=_templates(demo),
    )
    return ReaderOnPaper(create_reader(desk), bus, queues, problems, down)


async def page(on_paper: ReaderOnPaper, path: str, status: int = 200) -> str:
    """The text of a page."""
    async with on_paper.client() as client:
        answer = await client.get(path, headers=HTML)
    assert answer.status_code == status
    return answer.text


def pressed(text: str, paper_id: str) -> str:
    """The label a card shows."""
    return text.split(f'data-paper="{paper_id}" data-label="')[1].split('"')[0]


async def say(on_paper: ReaderOnPaper, paper_id: str, label: str) -> int:
    """Send a rating as the page's script does; the status of the answer."""
    async with on_paper.client() as client:
        return (await client.post("/api/rating", json={"paper_id": paper_id, "label": label})).status_code


@cache
def _templates(demo: bool) -> Jinja2Templates:
    """Compiled once: every test has a reader of its own, and compiling takes longer than most tests."""
    return open_templates(DemoSettings(enabled=demo))
