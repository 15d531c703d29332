"""The fetcher as a process, against the demo arXiv and a real nats-server."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.fetcher.commands.harvests import fetch
from services.fetcher.settings import Settings
from shared.bus.bus import NatsBus
from shared.contracts import STREAM, Document, Lookup, PapersNew
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import RunStore
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from tests.support.bus.nats import PASSWORD, NatsServer, nats_server
from tests.support.bus.ports import free_port
from tests.support.checks.waiting import eventually

ROOT = Path(__file__).parents[3]


class Fetcher:
    """The service on a data folder; it can be killed and started again."""

    def __init__(self, folder: Path, server: NatsServer, arxiv: str) -> None:
        self.data = DataFolder(folder / "data", min_free_mb=0)
        self.port = free_port()
        self.arxiv = arxiv
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")},
            "PAPERSYS_DATA__PATH": str(self.data.root),
            "PAPERSYS_DATA__MIN_FREE_MB": "0",
            "PAPERSYS_BUS__PORT": str(server.settings.port),
            "PAPERSYS_BUS__PASSWORD": PASSWORD,
            "PAPERSYS_HTTP__FIRST_PORT": str(self.port),
            "PAPERSYS_FETCHER__OAI_URL": f"{arxiv}/oai",
            "PAPERSYS_FETCHER__ARXIV_URL": arxiv,
            "PAPERSYS_FETCHER__PACE_SECONDS": "0",
            "PAPERSYS_FETCHER__START": "2026-10-01",
            "PAPERSYS_FETCHER__CATEGORIES": "[]",
            "PAPERSYS_FETCHER__FAILURE_WAITS_SECONDS": "[0.2]",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "services.fetcher"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL)

    def end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def new_ids(self) -> list[str]:
        return [paper_id for run in RunStore(self.data).all() if run.state == "done" for paper_id in run.new_ids]


@contextlib.contextmanager
def demo_arxiv(*options: str) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.demo", "--port", str(port), *options], cwd=ROOT, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert b"ready" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


@contextlib.asynccontextmanager
async def connected(server: NatsServer) -> AsyncIterator[NatsBus]:
    bus = NatsBus(server.settings, "publisher")
    async with bus.running():
        await eventually(lambda: bus.problem() is None)
        yield bus


async def announced(bus: NatsBus) -> list[PapersNew]:
    """The events in the stream."""
    count = (await bus.jetstream.stream_info(STREAM)).state.messages
    messages = [await bus.jetstream.get_msg(STREAM, number) for number in range(1, count + 1)]
    return [PapersNew.model_validate(json.loads(message.data or b"")) for message in messages]


async def test_a_harvest_is_announced_and_its_papers_can_be_read(tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats") as server, demo_arxiv() as arxiv:
        fetcher = Fetcher(tmp_path, server, arxiv)
        fetcher.start()
        try:
            async with connected(server) as bus:
                await eventually(lambda: len(fetcher.new_ids()) == 126, 60)
                await eventually(lambda: has_events(bus, 1))
                (event,) = await announced(bus)
                assert event.paper_ids == tuple(fetcher.new_ids())
                assert (event.last, event.run_size) == (True, 126)
                assert health(fetcher) == {"service": "fetcher", "status": "ready", "problems": {}}
                reply = await bus.ask(Document(paper_id=event.paper_ids[0]))
                assert (reply.status, reply.grade) == ("converted", "good")
                assert DocumentStore(fetcher.data).sections(reply.paper_id, reply.version)
                looked_up = await bus.ask(Lookup(paper_ids=("2612.99999", event.paper_ids[1])))
                assert looked_up.found == (event.paper_ids[1],)
                assert looked_up.missing == {"2612.99999": "arXiv has no paper 2612.99999"}
        finally:
            fetcher.end(signal.SIGTERM)


async def has_events(bus: NatsBus, count: int) -> bool:
    return len(await announced(bus)) == count


@pytest.mark.proof
async def test_kills_at_any_moment_lose_and_double_nothing(tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats") as server, demo_arxiv("--page-size", "10", "--fault", "slow:/oai:3") as arxiv:
        fetcher = Fetcher(tmp_path, server, arxiv)
        pages = fetcher.data.path("state", "fetcher", "cursors")
        try:
            for kill in range(4):
                fetcher.start()
                await eventually(lambda size=kill * 900: noted(pages) > size or fetcher.new_ids(), 60)  # type: ignore[misc]
                fetcher.end(signal.SIGKILL)
            fetcher.start()
            async with connected(server) as bus:
                await eventually(lambda: len(fetcher.new_ids()) == 126, 90)
                await eventually(lambda: all(run.announced for run in RunStore(fetcher.data).all() if run.size))
                ids = [paper_id for event in await announced(bus) for paper_id in event.paper_ids]
        finally:
            fetcher.end(signal.SIGKILL)
        assert len(ids) == len(set(ids)) == 126
        assert MetadataStore(fetcher.data).count() == 128


def noted(folder: Path) -> int:
    """Bytes in the cursors of unfinished harvests."""
    return sum(path.stat().st_size for path in folder.glob("*.jsonl"))


async def test_a_403_stops_everything_and_the_health_page_says_what_to_do(tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats") as server, demo_arxiv("--fault", "403") as arxiv:
        fetcher = Fetcher(tmp_path, server, arxiv)
        fetcher.start()
        try:
            await eventually(lambda: "403 Forbidden" in problem(fetcher), 60)
            assert "fetch --resume" in problem(fetcher)
        finally:
            fetcher.end(signal.SIGTERM)


def problem(fetcher: Fetcher) -> str:
    with contextlib.suppress(httpx.HTTPError):
        return str(health(fetcher)["problems"].get("arxiv", ""))
    return ""


def health(fetcher: Fetcher) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.get(f"http://127.0.0.1:{fetcher.port}/health/ready").json()
    return answer


@pytest.mark.parametrize("with_nats", [True, False])
def test_a_harvest_by_command_is_announced_at_once_or_left_to_the_service(tmp_path: Path, with_nats: bool) -> None:
    with nats_server(tmp_path / "nats") as server, demo_arxiv() as arxiv:
        if not with_nats:
            server.stop()
        settings = Settings.model_validate(
            {
                "data": {"path": tmp_path / "data", "min_free_mb": 0},
                "bus": server.settings,
                "fetcher": {"oai_url": f"{arxiv}/oai", "pace_seconds": 0, "start": "2026-10-01", "categories": []},
            }
        )
        run = fetch(settings)
        assert len(run.new_ids) == 126
        stored = RunStore(DataFolder(tmp_path / "data")).get(run.run_id)
        assert stored is not None
        assert stored.announced == (1 if with_nats else 0)
