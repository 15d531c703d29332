"""Days of a whole system, one after the other, and what the process holds at the end of each."""

import gc
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import nats.errors
import psutil
from nats.aio.client import Client

from shared.bus.connections import connected, publish_many
from shared.bus.streams import CONSUMERS
from shared.contracts import STREAM, Event, FeedbackLabel, PapersNew
from shared.errors import PapersysError
from shared.settings.settings import BusSettings
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.selections import SelectionStore
from tests.support.checks.waiting import eventually
from tests.support.processes.whole_house import House

SUBJECTS = ("graphs", "tides", "proteins", "branes", "retrieval", "galaxies", "compilers")
FIRST_DAY = date(2026, 1, 5)
_ATTEMPTS = 10
_PAGES = ("/", "/search", "/best", "/interests", "/tags", "/ratings", "/saved", "/status", "/map")


@dataclass(frozen=True)
class Footprint:
    """What a process holds: resident memory, open files and sockets, threads."""

    memory_mb: float
    files: int
    threads: int


def footprint() -> Footprint:
    """Of this process, after what is garbage was collected."""
    gc.collect()
    process = psutil.Process()
    return Footprint(process.memory_info().rss / 1024**2, process.num_fds(), process.num_threads())


async def live_a_day(house: House, bus: BusSettings, number: int, papers: int) -> Footprint:
    """A harvest is announced and goes its way to the pages; its reader rates three papers and looks around."""
    day = FIRST_DAY + timedelta(days=number)
    ids = _store_harvest(DataFolder(house.data, 0), day, number, papers)
    run_id = f"day-{number:04d}"
    event = PapersNew(paper_ids=ids, run_id=run_id, day=day, last=True, run_size=papers)
    await _publish(bus, [event])
    await eventually(lambda: SelectionStore(DataFolder(house.data, 0)).runs(day), 120)
    chance = random.Random(number)
    rated = [FeedbackLabel(paper_ids=(paper_id,), label=chance.choice(("like", "dislike"))) for paper_id in ids[:3]]
    await _publish(bus, rated)
    async with connected(bus) as client:
        await eventually(lambda: _is_idle(client), 120)
    for page in (*_PAGES, f"/paper/{ids[0]}", f"/day/{day}"):
        assert (await house.get(page)).status_code < 500, page
    return footprint()


async def _publish(bus: BusSettings, events: Sequence[Event]) -> None:
    """Again where a busy machine was too slow: the same event is no news to the server."""
    for attempt in range(_ATTEMPTS):
        try:
            return await publish_many(bus, events)
        except PapersysError:
            if attempt == _ATTEMPTS - 1:
                raise


async def _is_idle(client: Client) -> bool:
    """Whether no event waits or is at work."""
    stream = client.jetstream()
    try:
        infos = [await stream.consumer_info(STREAM, consumer.durable) for consumer in CONSUMERS]
    except (nats.errors.Error, TimeoutError):
        return False  # the machine is busy
    return not any((info.num_pending or 0) + (info.num_ack_pending or 0) for info in infos)


def _store_harvest(data: DataFolder, day: date, number: int, papers: int) -> tuple[str, ...]:
    """What the fetcher would have left of a harvest."""
    found = [_paper(day, number * papers + place) for place in range(1, papers + 1)]
    MetadataStore(data).put(found)
    ids = tuple(paper.paper_id for paper in found)
    at = datetime.combine(day, datetime.min.time(), UTC)
    run = HarvestRun(run_id=f"day-{number:04d}", started_at=at, finished_at=at, state="done", day=day, new_ids=ids)
    RunStore(data).put(run)
    return ids


def _paper(day: date, place: int) -> Paper:
    """A paper about one or two of the subjects."""
    chance = random.Random(place)
    about = chance.sample(SUBJECTS, 2)
    words = " ".join(chance.choices((*about, "we", "show", "bounds", "models", "data", "of", "with"), k=120))
    at = datetime.combine(day, datetime.min.time(), UTC)
    title = f"On {about[0]} and {about[1]}, part {place}"
    return Paper(
        f"{day:%y%m}.{place:05d}", 1, title, f"{words.capitalize()}.", (f"A. Author {place % 97}",), ("cs.LG",),
        "cs.LG", at, at,
    )  # fmt: skip


@contextmanager
def arxiv_without_documents() -> Iterator[str]:
    """An arXiv that has no source of any paper, so that papers are read by their abstracts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
