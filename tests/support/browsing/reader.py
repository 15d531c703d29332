"""The reader over a data folder, without NATS and without other services."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.templating import Jinja2Templates

from services.publisher.access.policy import AccessPolicy
from services.publisher.access.sessions import Sessions
from services.publisher.api.event_sender import EventSender
from services.publisher.asking import routes as asking_routes
from services.publisher.outgoing import Outgoing
from services.publisher.pages.components import Components
from services.publisher.reader import create_reader, open_templates
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from services.publisher.records.summary_requests import SummaryRequests
from services.publisher.site.deploying.last_deployment import DeploymentStore
from services.publisher.system.demo import routes as demo_routes
from services.publisher.system.importing import routes as import_routes
from services.publisher.system.setup import routes as setup_routes
from services.publisher.system.setup.model_keys import ModelKeys
from services.publisher.system.setup.rating_sets import RatingSets
from services.publisher.system.setup.settings_file import SettingsFile
from services.publisher.system.setup.spread_papers import SpreadPapers
from services.publisher.system.status.connections import Connections
from services.publisher.system.status.dataset_counts import DatasetCounts
from services.publisher.system.status.health import HealthPages
from services.publisher.system.status.queues import QueueState
from services.publisher.system.status.status import StatusSources
from shared.contracts import KeepSignal, KeepSignalReply
from shared.errors import PermanentFailure
from shared.settings.sections.backup import BackupSettings
from shared.settings.sections.digest import DigestSettings
from shared.settings.sections.sync import SyncSettings
from shared.settings.sections.webhooks import WebhookSettings
from shared.settings.sections.zotero import ZoteroSettings
from shared.settings.settings import SERVICES, DemoSettings, HttpSettings, LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.backups import BackupRecords
from shared.store.keeping.syncs import SyncRecords
from shared.store.people.glossaries import GlossaryStore
from shared.store.people.notes import NoteStore
from shared.store.people.rating_uploads import RatingUploads
from shared.store.people.signals import SignalStore, signals_of
from shared.store.people.users import UserStore
from shared.store.research.traces import TraceStore
from tests.support.bus.in_memory import FakeBus

HTML = {"accept": "text/html"}
FORM = {"sec-fetch-site": "same-origin", **HTML}


@dataclass
class FakeQueues:
    """Queues whose state is set by hand."""

    current: QueueState = field(default_factory=QueueState)
    decided: list[tuple[str, int]] = field(default_factory=list)

    async def retry(self, number: int) -> None:
        self.decided.append(("retry", number))

    async def drop(self, number: int) -> None:
        if all(letter.number != number for letter in self.current.letters):
            raise PermanentFailure(f"There is no dead letter {number}.")
        self.decided.append(("drop", number))

    async def state(self) -> QueueState:
        return self.current


@dataclass
class FakeReader:
    """The app and everything it was given, to be changed by a test."""

    app: FastAPI
    bus: FakeBus
    queues: FakeQueues
    problems: dict[str, str | None]
    down: set[str]
    sessions: Sessions
    outgoing: Outgoing
    components: Components

    def client(self, host: str = "127.0.0.1:8080", **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=f"http://{host}", **options)


def reader(
    data: DataFolder,
    *,
    token: str | None = None,
    hosts: tuple[str, ...] = (),
    demo: bool = False,
    digest: DigestSettings | None = None,
    settings_file: SettingsFile | None = None,
    backup: BackupSettings | None = None,
    sync: SyncSettings | None = None,
    keeps_signals: bool = True,
    webhooks: dict[str, WebhookSettings] | None = None,
    zotero: dict[str, ZoteroSettings] | None = None,
) -> FakeReader:
    """A reader whose bus and neighbours are fakes; services named in `down` do not answer."""
    bus, queues, down = FakeBus(), FakeQueues(), set[str]()
    problems: dict[str, str | None] = {"bus": None}
    signals = SignalStore(data)
    bus.answers[KeepSignal] = lambda request: KeepSignalReply(stored=signals.append(signals_of(request)))
    records = Records(data, "minilm")
    settings = HttpSettings()
    sessions = Sessions(data, token or "")

    def answer(request: httpx.Request) -> httpx.Response:
        service = SERVICES[(request.url.port or 0) - settings.first_port]
        if service in down:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(200, json={"service": service, "status": "ready", "problems": {}})

    health = HealthPages(settings, httpx.AsyncClient(transport=httpx.MockTransport(answer), trust_env=False))
    components = Components(
        records=records,
        ratings=Ratings(data, records.user),
        summary_requests=SummaryRequests(records),
        bus=bus,
        status=StatusSources(
            health,
            DatasetCounts(data, "minilm", records),
            queues,
            DeploymentStore(data),
            backups=BackupRecords(data) if backup else None,
            backup_settings=backup or BackupSettings(),
            syncs=SyncRecords(data),
            sync_settings=sync or SyncSettings(),
            connections=Connections(data, webhooks or {}, zotero or {}),
        ),
        access=AccessPolicy.of(token, hosts, sessions, UserStore(data)),
        templates=_templates(demo, keeps_signals),
        notes=NoteStore(data),
        glossaries=GlossaryStore(data),
    )
    outgoing = Outgoing.open(data, components, digest or DigestSettings(), "http://127.0.0.1:8080", webhooks or {})
    setup = new_setup(data, settings_file or SettingsFile(data.root / "papersys.toml", is_first=True))
    importing = import_routes.router(components, RatingUploads(data))
    rooms = [
        setup_routes.router(components, setup),
        importing,
        asking_routes.router(components, TraceStore(data), "https://arxiv.org"),
        *([demo_routes.router(components, 8099)] if demo else []),
    ]
    app = create_reader(components, EventSender(bus, lambda: problems["bus"]), outgoing, rooms)
    return FakeReader(app, bus, queues, problems, down, sessions, outgoing, components)


async def page(fake_reader: FakeReader, path: str, status: int = 200) -> str:
    """The text of a page."""
    async with fake_reader.client() as client:
        answer = await client.get(path, headers=HTML)
    assert answer.status_code == status
    return answer.text


def pressed(text: str, paper_id: str) -> str:
    """The label a card shows."""
    return text.split(f'data-paper="{paper_id}" data-label="')[1].split('"')[0]


async def rate(fake_reader: FakeReader, paper_id: str, label: str) -> int:
    """Send a rating as the page's script does; the status of the answer."""
    async with fake_reader.client() as client:
        return (await client.post("/api/rating", json={"paper_id": paper_id, "label": label})).status_code


def new_setup(data: DataFolder, file: SettingsFile) -> setup_routes.Setup:
    """The Setup page's parts, on any settings file."""
    return setup_routes.Setup(
        data, file, ModelKeys(file, LlmSettings()), RatingSets(data, SpreadPapers(data, "minilm"))
    )


@cache
def _templates(demo: bool, keeps_signals: bool) -> Jinja2Templates:
    """Compiled once: every test has a reader of its own, and compiling takes longer than most tests."""
    return open_templates(DemoSettings(enabled=demo), keeps_signals=keeps_signals)
