"""The ranker as a process on a real nats-server: events in, selections and picks out, kill -9 between any two steps."""

import asyncio
import json
import os
import random
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import nats
import pytest
from nats.js import JetStreamContext

from services.ranker.commands import search
from shared.bus.bus import NatsBus
from shared.contracts import (
    STREAM,
    EmbeddingsReady,
    Encode,
    EncodeReply,
    Explain,
    FeedbackLabel,
    PapersSelected,
    Recommend,
    Search,
)
from shared.service.child_processes import die_with_parent
from tests.support.bus.nats import PASSWORD, NatsServer, nats_server
from tests.support.bus.ports import free_port_range
from tests.support.checks.waiting import eventually
from tests.unit.ranker.world import DAY, World, paper_id

PAPERS = range(1, 61)


class Process:
    """The ranker as a process of its own; it can be killed and started again."""

    def __init__(self, world: World, server: NatsServer, log: Path) -> None:
        self._first_port = free_port_range(6)
        model = {"name": "test", "dimension": world.dimension}
        self._log = log
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")},
            "PAPERSYS_DATA__PATH": str(world.data.root),
            "PAPERSYS_DATA__MIN_FREE_MB": "0",
            "PAPERSYS_BUS__PORT": str(server.settings.port),
            "PAPERSYS_BUS__PASSWORD": PASSWORD,
            "PAPERSYS_BUS__ACK_WAIT_SECONDS": "2",
            "PAPERSYS_BUS__RETRY_DELAYS_SECONDS": "[0.2, 0.5, 1, 2, 2, 2]",
            "PAPERSYS_HTTP__FIRST_PORT": str(self._first_port),
            "PAPERSYS_EMBEDDING__MODEL": "test",
            "PAPERSYS_EMBEDDING__MODELS": json.dumps({"test": model}),
            "PAPERSYS_RANKER__PER_DAY": "5",
            "PAPERSYS_RANKER__DEADLINE_SECONDS": str(world.settings.ranker.deadline_seconds),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.ranker"],
                env=self._environment,
                stdout=out,
                stderr=out,
                preexec_fn=die_with_parent(),
            )

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(60)
            self._process = None

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(60)
        self._process = None

    async def ready(self) -> None:
        await eventually(lambda: b'"ready"' in self.page("/health/ready"), 60)

    def page(self, path: str) -> bytes:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._first_port + 2}{path}", timeout=2) as answer:
                return bytes(answer.read())
        except OSError:
            return b""


@contextmanager
def ranker(world: World, server: NatsServer, folder: Path) -> Iterator[Process]:
    process = Process(world, server, folder / "ranker.log")
    process.start()
    try:
        yield process
    finally:
        process.kill()


@asynccontextmanager
async def client(server: NatsServer) -> AsyncIterator[JetStreamContext]:
    connection = await nats.connect(server.settings.url, user="papersys", password=PASSWORD)
    try:
        yield connection.jetstream()
    finally:
        await connection.close()


async def picks(js: JetStreamContext) -> list[PapersSelected]:
    """Every papers.selected in the stream, in order."""
    info = await js.stream_info(STREAM)
    messages = [await js.get_msg(STREAM, number) for number in range(1, info.state.last_seq + 1)]
    return [PapersSelected.model_validate_json(one.data or b"") for one in messages if one.subject == "papers.selected"]


async def count_picks(js: JetStreamContext, count: int) -> bool:
    return len(await picks(js)) == count


async def handled(js: JetStreamContext) -> bool:
    info = await js.consumer_info(STREAM, "ranker-embeddings-ready")
    return not info.num_pending and not info.num_ack_pending


def parts(run_id: str, numbers: range, size: int = 10, **facts: object) -> list[EmbeddingsReady]:
    """A run of papers in events of `size`."""
    chunks = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    return [
        EmbeddingsReady.model_validate(
            {
                "event_id": f"{run_id}-{number}",
                "run_id": run_id,
                "day": DAY,
                "paper_ids": tuple(map(paper_id, chunk)),
                "model": "test",
                "last": number == len(chunks) - 1,
                "run_size": len(numbers) if number == len(chunks) - 1 else None,
                **facts,
            }
        )
        for number, chunk in enumerate(chunks)
    ]


async def publish(js: JetStreamContext, events: list[EmbeddingsReady], *, anew: bool = False) -> None:
    """`anew`: past the server's deduplication, as after its window."""
    for event in events:
        headers = {} if anew else {"Nats-Msg-Id": event.event_id}
        await js.publish(event.subject, event.model_dump_json().encode(), headers=headers)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "data", per_day=5)
    made.add_papers(*PAPERS, *range(100, 160))
    made.say("like", *range(100, 140, 4))
    return made


async def test_a_run_is_selected_once_a_replay_and_a_second_run_change_nothing(tmp_path: Path, world: World) -> None:
    with nats_server(tmp_path / "nats") as server, ranker(world, server, tmp_path) as process:
        await process.ready()
        async with client(server) as js:
            await publish(js, parts("run-1", range(1, 31)))
            await eventually(lambda: count_picks(js, 5))
            first = await picks(js)
            written = world.selections.day(DAY)
            await publish(js, parts("run-1", range(1, 31)), anew=True)
            await publish(js, parts("run-2", range(31, 41)))
            await eventually(lambda: handled(js))
            process.stop()
            process.start()
            await process.ready()
            await publish(js, parts("run-1", range(1, 31)), anew=True)
            await eventually(lambda: handled(js))
            assert await picks(js) == first
            assert world.selections.day(DAY) == written
            assert world.selections.runs(DAY) == ["run-1"]
            tomorrow = DAY.replace(day=3)
            await publish(js, parts("run-3", range(41, 51), day=tomorrow))
            await eventually(lambda: count_picks(js, 10))
            assert {one.paper_id for one in world.selections.day(tomorrow)} == {paper_id(n) for n in range(31, 51)}


async def test_the_deadline_decides_without_any_event(tmp_path: Path) -> None:
    world = World(tmp_path / "data", per_day=5, deadline_seconds=2)
    world.add_papers(*PAPERS)
    with nats_server(tmp_path / "nats") as server, ranker(world, server, tmp_path) as process:
        await process.ready()
        async with client(server) as js:
            await publish(js, parts("run-1", range(1, 31))[:2])
            await eventually(lambda: count_picks(js, 5))
            assert len(world.selections.day(DAY)) == 20


@pytest.mark.proof
async def test_killed_at_any_moment_the_day_is_selected_once_and_every_pick_is_published_once(
    tmp_path: Path, world: World
) -> None:
    """A repeated pick is no news for the stream; one with another id would show as one too many. Sleeps place kills."""
    rng = random.Random(7)
    with nats_server(tmp_path / "nats") as server, ranker(world, server, tmp_path) as process:
        async with client(server) as js:
            await process.ready()
            runs = [
                parts(f"run-{day}", range(day * 10 - 9, day * 10 + 1), 2, day=DAY.replace(day=day))
                for day in PAPERS[:6]
            ]
            for number, run in enumerate(runs):
                await publish(js, run)
                await asyncio.sleep(rng.uniform(0, 0.15))
                process.kill()
                world.say("like" if number % 2 else "dislike", 141 + number)
                process.start()
                await eventually(lambda: process.page("/health/live"), 60)
                await asyncio.sleep(rng.uniform(0, 0.5))
                process.kill()
                process.start()
            await eventually(lambda: count_picks(js, 30), 90)
            await eventually(lambda: handled(js))
            published = await picks(js)
    chosen = [one for day in world.selections.days() for one in world.selections.day(day)]
    assert len(world.selections.days()) == 6
    competed = [one.paper_id for one in chosen if one.slot != "audit"]  # those competed the week before
    assert sorted(competed) == [paper_id(n) for n in PAPERS]
    assert sorted(event.paper_ids[0] for event in published) == sorted(
        one.paper_id for one in chosen if one.outcome == "picked"
    )
    assert not list(world.data.path("state", "ranker", "outbox").iterdir())


async def test_a_rating_is_learned_from_and_requests_are_answered(tmp_path: Path, world: World) -> None:
    with nats_server(tmp_path / "nats") as server, ranker(world, server, tmp_path) as process:
        await process.ready()
        embedder = NatsBus(server.settings, "embedder")

        async def encode(request: Encode) -> EncodeReply:
            return EncodeReply(model="test", vectors=((0.0, 0.0, 1.0, *([0.0] * 13)),))

        embedder.answer(Encode, encode)
        async with embedder.running():
            await eventually(lambda: embedder.problem() is None)
            model = world.data.path("state", "ranker", "me", "model.json")
            await eventually(lambda: model.exists() and json.loads(model.read_text())["likes"] == 10)
            world.say("like", *range(141, 158))
            await embedder.publish(FeedbackLabel(paper_ids=(paper_id(141),), label="like"))
            await eventually(lambda: json.loads(model.read_text())["regime"] == "regression")
            assert b"papersys_ranker_refits_total" in process.page("/metrics")
            found = await embedder.ask(Search(query="galaxies"))
            assert {int(hit.paper_id[-2:]) % 4 for hit in found.hits} == {2}
            assert any("semantic" in reason for reason in found.hits[0].reasons)
            assert (await embedder.ask(Recommend(limit=5))).hits
            explained = await embedder.ask(Explain(paper_id=paper_id(4)))
            assert explained.regime == "regression"
            assert explained.influences
            settings = world.settings.model_copy(update={"bus": server.settings})
            by_command = await asyncio.to_thread(search, settings, Search(query="galaxies"))
            assert by_command.note == ""
            assert [hit.paper_id for hit in by_command.hits] == [hit.paper_id for hit in found.hits]


async def test_a_paper_asked_for_by_a_bare_client_goes_out_at_once(tmp_path: Path, world: World) -> None:
    body = {"paper_ids": [paper_id(3)], "force": True, "model": "test"}
    with nats_server(tmp_path / "nats") as server, ranker(world, server, tmp_path) as process:
        await process.ready()
        async with client(server) as js:
            await js.publish("embeddings.ready", json.dumps(body).encode())
            await eventually(lambda: count_picks(js, 1))
            (event,) = await picks(js)
    assert event.force
    assert event.picks[0].slot == "requested"
