"""Ratings over the real bus: how soon they are stored by the feedback service, and learned by the ranker.

python -m tests.bench.keeping.bench_ratings [--ratings 1000] [--seconds 60] [--papers 5000]

Real nats-server and processes; first all ratings as fast as they can be sent, then so many in `--seconds`. Prints a
table and JSON; beside it what the same ratings take when they are appended to the store in this process.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nats

from services.ranker.models.files import ModelFiles
from shared.contracts import FeedbackLabel
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.bus.nats import PASSWORD, NatsServer, nats_server
from tests.support.processes.service_process import ServiceProcess, service_process
from tests.unit.ranker.world import World, paper_id

RANKER = {
    "PAPERSYS_EMBEDDING__MODEL": "test",
    "PAPERSYS_EMBEDDING__MODELS": json.dumps({"test": {"name": "test", "dimension": 384}}),
}
_LOOK_SECONDS = 0.1
_LONGEST_SECONDS = 180.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--ratings", type=int, default=1_000)
    arguments.add_argument("--seconds", type=float, default=60.0)
    arguments.add_argument("--papers", type=int, default=5_000)
    asked = arguments.parse_args()
    figures = {}
    for name, seconds in (("at once", 0.0), (f"in {asked.seconds:g} s", asked.seconds)):
        with tempfile.TemporaryDirectory() as folder:
            figures[name] = asyncio.run(measured(Path(folder), asked.ratings, seconds, asked.papers))
    with tempfile.TemporaryDirectory() as folder:
        figures["in one process, without the bus"] = {
            "all stored after, s": stored_plainly(Path(folder), asked.ratings)
        }
    for name, facts in figures.items():
        print(f"{asked.ratings} ratings {name}")
        for what, figure in facts.items():
            print(f"  {what:52}{figure:>10.2f}")
    print(f"load {os.getloadavg()[0]:.1f}")
    print(json.dumps({"bench": "ratings", "figures": figures}))


async def measured(folder: Path, count: int, seconds: float, papers: int) -> dict[str, float]:
    """Figures of one round on processes of its own."""
    world = World(folder / "data", dimension=384)
    world.add_papers(*range(1, max(papers, count) + 1))
    models = ModelFiles(world.data, only_reads=True)
    events = [
        FeedbackLabel(paper_ids=(paper_id(number),), label="like" if number % 4 == 0 else "dislike")
        for number in range(1, count + 1)
    ]
    with (
        nats_server(folder / "nats") as server,
        service_process("feedback", world.data.root, server, PAPERSYS_FEEDBACK__LOOK_UP="false") as feedback,
        service_process("ranker", world.data.root, server, **RANKER) as ranker,
    ):
        await feedback.ready()
        await ranker.ready()
        ratings = RatingStore(world.data)
        started = time.monotonic()
        sending = asyncio.create_task(send(server, events, seconds))
        stored = asyncio.create_task(until(lambda: ratings.count() >= count))
        behind = await furthest_behind(ratings, models, count)
        learned_after = time.monotonic() - started
        await sending
        return {
            "all sent after, s": sending.result() - started,
            "all stored after, s": await stored - started,
            "all in the model after, s": learned_after,
            "stored": float(ratings.count()),
            "in the model": float(learned(models)),
            "refits": refits(ranker),
            "most ratings that the model was behind": float(behind),
        }


async def send(server: NatsServer, events: list[FeedbackLabel], seconds: float) -> float:
    """Send evenly over so many seconds; returns when that was done."""
    client = await nats.connect(server.settings.url, user="papersys", password=PASSWORD)
    started = time.monotonic()
    for number, event in enumerate(events):
        wait = started + seconds * number / len(events) - time.monotonic()
        await asyncio.sleep(max(0.0, wait))
        headers = {"Nats-Msg-Id": event.event_id}
        await client.jetstream().publish(event.subject, event.model_dump_json().encode(), headers=headers)
    await client.close()
    return time.monotonic()


async def furthest_behind(ratings: RatingStore, models: ModelFiles, count: int) -> int:
    """Watch until the model knows all ratings; the most that it was behind those stored."""
    behind, deadline = 0, time.monotonic() + _LONGEST_SECONDS
    while learned(models) < count and time.monotonic() < deadline:
        behind = max(behind, ratings.count() - learned(models))
        await asyncio.sleep(_LOOK_SECONDS)
    return behind


async def until(condition: Callable[[], bool]) -> float:
    deadline = time.monotonic() + _LONGEST_SECONDS
    while not condition() and time.monotonic() < deadline:  # noqa: ASYNC110 (another process writes)
        await asyncio.sleep(_LOOK_SECONDS)
    return time.monotonic()


def learned(models: ModelFiles) -> int:
    """How many ratings the newest model was fitted to, whether it is in use or held back as no better."""
    return max((int(record.facts["ratings"]) for record in models.list("me")), default=0)


def refits(ranker: ServiceProcess) -> float:
    lines = ranker.page("/metrics").decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("papersys_ranker_refits_total"))


def stored_plainly(folder: Path, count: int) -> float:
    store, started = RatingStore(DataFolder(folder, 0)), time.monotonic()
    for number in range(1, count + 1):
        store.append(ratings_of(FeedbackLabel(paper_ids=(paper_id(number),), label="like")))
    return time.monotonic() - started


if __name__ == "__main__":
    main()
