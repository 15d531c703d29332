"""What the system is doing: services, queues, sizes of the datasets, the last harvest, failed jobs."""

import asyncio
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.configuration import SystemSettings
from shared.bus.connections import connected
from shared.bus.delivery.dead_letters import DeadLetters
from shared.bus.streams import CONSUMERS
from shared.contracts import STREAM, now
from shared.errors import PapersysError
from shared.settings.settings import SERVICES
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.harvests.source_states import SourceStates
from shared.store.keeping.backups import BackupRecord, BackupRecords, backup_state
from shared.store.keeping.counts import Counts, count_datasets
from shared.store.keeping.syncs import SyncRecords, sync_states
from shared.text.safe.plain_text import without_credentials

_TIMEOUT_SECONDS = 3.0


class ServiceStatus(BaseModel):
    name: str
    state: str
    problems: dict[str, str] = {}
    notes: dict[str, str] = {}


class ConsumerStatus(BaseModel):
    """`waiting` events are not delivered yet, `unfinished` ones are being handled or wait for their next attempt."""

    name: str
    waiting: int
    unfinished: int
    redelivered: int


class Status(BaseModel):
    """The state of everything; `bus_problem` says why consumers are missing here, `problems` what else is wrong."""

    data_folder: str
    demo: bool
    services: list[ServiceStatus]
    consumers: list[ConsumerStatus] = []
    bus_problem: str = ""
    counts: Counts
    last_run: HarvestRun | None = None
    dead_letters: int | None = None
    backup: BackupRecord | None = None
    backup_sentence: str = ""
    syncs: list[str] = []
    sources: list[str] = []
    problems: list[str] = []

    @property
    def is_well(self) -> bool:
        return not (self.bus_problem or self.problems) and all(service.state == "ready" for service in self.services)


async def look(settings: SystemSettings) -> Status:
    """Ask everybody at once; whoever does not answer is `down`."""
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    async with httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT_SECONDS) as client:
        services = list(await asyncio.gather(*(_service(settings, name, client) for name in SERVICES)))
        if settings.llm.gguf:
            services.append(await _own_model(data, client))
    record = BackupRecords(data).last()
    backup = backup_state(record, settings.backup, now())
    syncs = sync_states(SyncRecords(data).all(), settings.sync, now())
    status = Status(
        data_folder=str(data.root),
        demo=settings.demo.enabled,
        services=services,
        counts=count_datasets(data, settings.embedding.model),
        last_run=RunStore(data).latest(),
        sources=[state.sentence for state in SourceStates(data).all()],
        problems=[
            *_failed_harvest(RunStore(data)),
            *(f"{state.label}: {state.problem}" for state in SourceStates(data).all() if state.problem),
            *_missing_seeds(settings),
            *backup.problems,
            *chain(*(sync.problems for sync in syncs)),
        ],
        backup=record if record.tried_at else None,
        backup_sentence=backup.sentence,
        syncs=[sync.sentence for sync in syncs],
    )
    try:
        async with connected(settings.bus) as nats_client:
            js = nats_client.jetstream()
            consumers = [await _consumer(js, consumer.durable) for consumer in CONSUMERS]
            dead = await DeadLetters(js).count()
    except (PapersysError, NatsError, NotFoundError, TimeoutError) as error:
        return status.model_copy(update={"bus_problem": without_credentials(str(error) or type(error).__name__)})
    return status.model_copy(update={"consumers": consumers, "dead_letters": dead})


def show(status: Status, console: Console) -> None:
    """Print the status as tables."""
    console.print(f"Data folder {status.data_folder}" + (" (demo)" if status.demo else ""), highlight=False)
    services = Table("service", "state", "problem", title="Services", title_justify="left")
    for service in status.services:
        services.add_row(service.name, service.state, escape("; ".join(service.problems.values())))
    console.print(services)
    for note in (note for service in status.services for note in service.notes.values()):
        console.print(f"Note: {note}", highlight=False, markup=False)
    if status.bus_problem:
        console.print(status.bus_problem, highlight=False, markup=False)
    else:
        consumers = Table("queue of", "waiting", "in progress", "redelivered", title="Queues", title_justify="left")
        for consumer in status.consumers:
            numbers = (consumer.waiting, consumer.unfinished, consumer.redelivered)
            consumers.add_row(consumer.name, *map(str, numbers))
        console.print(consumers)
    counts = Table("dataset", "size", title="Data", title_justify="left")
    for name, count in status.counts.items():
        counts.add_row(name, str(count))
    console.print(counts)
    console.print(f"Last harvest: {last_harvest(status.last_run)}", highlight=False, markup=False)
    for source in status.sources:
        console.print(source, highlight=False, markup=False)
    if not status.demo or status.backup:
        console.print(status.backup_sentence, highlight=False, markup=False)
    for sync in status.syncs:
        console.print(sync, highlight=False, markup=False)
    for problem in status.problems:
        console.print(problem, style="red", highlight=False, markup=False)
    if status.dead_letters:
        console.print(f"Failed jobs: {status.dead_letters}; list them with `papersys dead list`.", highlight=False)


def last_harvest(run: HarvestRun | None) -> str:
    """The last run and its outcome in one line."""
    if run is None:
        return "none yet."
    when = run.started_at.strftime("%Y-%m-%d %H:%M UTC")
    outcome = run.outcome or run.problem or "no outcome yet"
    return f"{run.run_id}, started {when}, {run.state}: {outcome}"


def _failed_harvest(runs: RunStore) -> Iterator[str]:
    """Of the last harvest that has ended: one that runs now may be another try."""
    ended = next((run for run in runs.newest_first() if run.state != "running"), None)
    if ended is not None and ended.state == "failed":
        yield f"The last harvest failed: {ended.problem or ended.outcome or 'no reason was recorded'}"
    elif ended is not None:
        yield from (f"The last harvest is missing {name}: {problem}" for name, problem in ended.failed_sets.items())


def _missing_seeds(settings: SystemSettings) -> Iterator[str]:
    for seed in settings.seeds:
        if seed.lower().endswith(".bib") and not Path(seed).is_file():
            yield f"The seed file {seed} does not exist; restore it, or remove it from ranker.seeds in papersys.toml."


async def _service(settings: SystemSettings, name: str, client: httpx.AsyncClient) -> ServiceStatus:
    address = settings.http.address_of(name)
    return await _health(name, address, client)


async def _own_model(data: DataFolder, client: httpx.AsyncClient) -> ServiceStatus:
    try:
        announced = json.loads(data.path("state", "own-model.json").read_bytes())
        address = str(announced["address"]).removesuffix("/v1")
    except (OSError, ValueError, KeyError, TypeError):
        return ServiceStatus(name="own-model", state="down", problems={"http": "the own model does not run"})
    return await _health("own-model", address, client)


async def _health(name: str, server: str, client: httpx.AsyncClient) -> ServiceStatus:
    address = f"{server}/health/ready"
    try:
        body: dict[str, Any] = (await client.get(address)).json()
        problems, notes = body.get("problems", {}), body.get("notes", {})
        return ServiceStatus(name=name, state=str(body["status"]), problems=problems, notes=notes)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError):
        return ServiceStatus(name=name, state="down", problems={"http": f"{address} does not answer"})


async def _consumer(js: JetStreamContext, durable: str) -> ConsumerStatus:
    info = await js.consumer_info(STREAM, durable)
    return ConsumerStatus(
        name=durable,
        waiting=info.num_pending or 0,
        unfinished=info.num_ack_pending or 0,
        redelivered=info.num_redelivered or 0,
    )
