"""A service of which one process works: the others answer for their health, and begin when they get the lease."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from shared.leases.keeper import Lease
from shared.leases.records import LeaseRecord
from shared.service import standby
from shared.service.standby import OneAtATime
from tests.support.checks.waiting import eventually


class Turn:
    """The lease, which this process gets when told."""

    def __init__(self) -> None:
        self.comes = asyncio.Event()
        self.lease = Lease("task-ranker", LeaseRecord(holder="this", nonce="1"), 1, "1")

    @asynccontextmanager
    async def task(self, name: str) -> AsyncIterator[Lease]:
        assert name == "ranker"
        await self.comes.wait()
        yield self.lease


def ranker(lived: list[str], *, breaks: bool = False) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if breaks:
            raise OSError("no disk")
        lived.append("began")
        yield
        lived.append("ended")

    app = FastAPI(lifespan=lifespan)
    app.get("/health/ready")(lambda: {"service": "ranker", "status": "ready"})
    return app


@asynccontextmanager
async def running(app: OneAtATime) -> AsyncIterator[httpx.AsyncClient]:
    """The app as uvicorn runs it: its lifespan beside requests."""
    messages: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    said: list[str] = []

    async def send(message: object) -> None:
        said.append(str(message["type"]))  # type: ignore[index]

    await messages.put({"type": "lifespan.startup"})
    life = asyncio.create_task(app({"type": "lifespan"}, messages.get, send))
    await eventually(lambda: said == ["lifespan.startup.complete"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client
    await messages.put({"type": "lifespan.shutdown"})
    await life


async def test_it_stands_by_and_then_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    turn, lived = Turn(), list[str]()
    monkeypatch.setattr(standby, "task", turn.task)
    async with running(OneAtATime(ranker(lived), "ranker")) as client:
        waiting = (await client.get("/health/ready")).json()
        assert waiting["status"] == "ready"
        assert "another process is the ranker now" in waiting["notes"]["standby"]
        assert (await client.get("/health/live")).json()["status"] == "alive"
        assert (await client.get("/metrics")).status_code == 503
        turn.comes.set()
        await eventually(lambda: lived == ["began"])
        assert (await client.get("/health/ready")).json() == {"service": "ranker", "status": "ready"}
    assert lived == ["began", "ended"]


@pytest.mark.parametrize("breaks", [True, False])
async def test_a_process_that_lost_its_lease_or_cannot_begin_ends(
    monkeypatch: pytest.MonkeyPatch, breaks: bool
) -> None:
    turn, lived, ended = Turn(), list[str](), list[str]()
    monkeypatch.setattr(standby, "task", turn.task)
    app = OneAtATime(ranker(lived, breaks=breaks), "ranker")
    app.end_process = lambda: ended.append("process")
    turn.comes.set()
    turn.lease.ended.set()
    async with running(app):
        await eventually(lambda: ended == ["process"])
    assert app.has_failed
    assert lived == ([] if breaks else ["began", "ended"])
