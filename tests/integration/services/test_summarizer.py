"""The summarizer as it runs: its app, a real nats-server, the other services played by a second bus."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import nats
import pytest
from fastapi import FastAPI
from nats.aio.client import Client

from services.summarizer.app import create_app
from services.summarizer.settings import Settings
from shared.bus.bus import NatsBus
from shared.bus.delivery.dead_letters import DeadLetters
from shared.contracts import Document, DocumentReply, Encode, EncodeReply, Related, RelatedReply
from shared.settings.settings import DataSettings
from shared.store.papers.summaries import Summary
from tests.support.bus.nats import PASSWORD, NatsServer, nats_server
from tests.support.checks.waiting import eventually
from tests.support.papers.summarizer import OTHER_ID, PAPER_ID, Room, encode, paper

QUICK = {"retry_delays_seconds": (0.1, 0.1), "ack_wait_seconds": 2.0}
GARBAGE_ID = "2610.00009"


class System:
    """A running summarizer and everything around it that it needs."""

    def __init__(self, app: FastAPI, store: Room, outside: NatsBus, client: Client) -> None:
        self.app = app
        self.store = store
        self.outside = outside
        self.client = client

    async def say(self, subject: str, **message: object) -> None:
        await self.client.jetstream().publish(subject, json.dumps(message).encode(), stream="PAPERSYS")

    async def ready_events(self) -> list[dict[str, object]]:
        js = self.client.jetstream()
        info = await js.stream_info("PAPERSYS", subjects_filter="summaries.ready")
        count = sum((info.state.subjects or {}).values())
        reader = await js.pull_subscribe("summaries.ready", stream="PAPERSYS")
        messages = await reader.fetch(count, timeout=5) if count else []
        await reader.unsubscribe()
        return [json.loads(message.data) for message in messages]

    async def acked(self, durable: str = "summarizer-papers-selected") -> bool:
        info = await self.client.jetstream().consumer_info("PAPERSYS", durable)
        return bool(info.num_ack_pending == 0 and info.num_pending == 0)

    async def letters(self) -> list[str]:
        return [letter.reason for letter in await DeadLetters(self.client.jetstream()).all()]

    def summary(self, paper_id: str = PAPER_ID) -> Summary | None:
        return self.store.summaries.get(paper_id)


@asynccontextmanager
async def system(folder: Path, server: NatsServer) -> AsyncIterator[System]:
    store = Room(folder / "data")
    store.hold(paper(), paper(OTHER_ID, "External sorting with few disks", "We study external sorting. It is slow."))
    outside = NatsBus(server.settings, "embedder")

    async def encoded(request: Encode) -> EncodeReply:
        return encode(request)

    async def document(request: Document) -> DocumentReply:
        if request.paper_id == GARBAGE_ID:
            return DocumentReply(paper_id=GARBAGE_ID, version=1, status="unreadable", detail="no TeX in it")
        return DocumentReply.model_validate(store.bus.answers[Document](request).model_dump())

    outside.answer(Encode, encoded)
    outside.answer(Document, document)
    settings = Settings(data=DataSettings(path=folder / "data", min_free_mb=0), bus=server.settings)
    app = create_app(settings)
    async with asyncio.timeout(90), outside.running(), app.router.lifespan_context(app):
        client = await nats.connect(server.settings.url, user="papersys", password=PASSWORD)
        try:
            await eventually(lambda: is_ready(app))
            await eventually(lambda: outside.problem() is None)
            yield System(app, store, outside, client)
        finally:
            await client.close()


async def health(app: FastAPI, page: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http:
        return await http.get(f"/health/{page}")


async def is_ready(app: FastAPI) -> bool:
    return (await health(app, "ready")).status_code == 200


@pytest.mark.proof
async def test_a_pick_becomes_one_summary_however_often_it_is_delivered_and_force_makes_it_anew(tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats", **QUICK) as server:
        async with system(tmp_path, server) as here:
            pick = {"paper_ids": [PAPER_ID], "event_id": "pick-1"}
            await here.say("papers.selected", **pick)
            await here.say("papers.selected", **pick)
            await eventually(lambda: here.summary() is not None)
            await eventually(here.acked)
            first = here.summary()
            ready = await here.ready_events()
            assert [event["paper_ids"] for event in ready] == [[PAPER_ID]]
            assert ready[0]["caused_by"] == "pick-1"
            (path,) = (tmp_path / "data" / "summaries").glob("*.jsonl")
            assert len(path.read_text().splitlines()) == 1

            await here.say("papers.selected", paper_ids=[PAPER_ID], force=True)
            await eventually(lambda: here.summary() != first)
            await eventually(here.acked)
            second = here.summary()
            assert first is not None
            assert second is not None
            assert first.made_by.event_id == "pick-1"
            assert second.made_by.event_id.startswith("hand-")
            assert len(await here.ready_events()) == 2


async def test_a_paper_whose_source_is_garbage_is_one_dead_letter_and_the_next_is_read(tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats", **QUICK) as server:
        async with system(tmp_path, server) as here:
            here.store.hold(paper(GARBAGE_ID))
            await here.say("papers.selected", paper_ids=[GARBAGE_ID])
            await here.say("papers.selected", paper_ids=[OTHER_ID])
            await eventually(lambda: here.summary(OTHER_ID) is not None)
            await eventually(here.acked)
            assert await here.letters() == [f"The source of {GARBAGE_ID} cannot be read: no TeX in it"]


async def test_related_papers_are_told_over_the_bus(tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats", **QUICK) as server:
        async with system(tmp_path, server) as here:
            await here.say("papers.selected", paper_ids=[OTHER_ID])
            await eventually(lambda: here.summary(OTHER_ID) is not None)
            await here.say("papers.selected", paper_ids=[PAPER_ID])
            await eventually(lambda: here.summary() is not None)
            reply: RelatedReply = await here.outside.ask(Related(paper_id=OTHER_ID))
            assert [(one.paper_id, one.type) for one in reply.papers] == [(PAPER_ID, "cited by")]


async def test_the_service_is_live_at_once_and_ready_when_all_is_open(tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats", **QUICK) as server:
        settings = Settings(data=DataSettings(path=tmp_path / "data", min_free_mb=0), bus=server.settings)
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            assert (await health(app, "live")).status_code == 200
            waiting = await health(app, "ready")
            assert waiting.status_code == 503
            assert "qdrant" in waiting.json()["problems"]
            await eventually(lambda: is_ready(app))


@pytest.mark.proof
async def test_a_second_summarizer_waits_and_comes_in_when_the_first_has_left(tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats", **QUICK) as server:
        settings = Settings(data=DataSettings(path=tmp_path / "data", min_free_mb=0), bus=server.settings)
        first, second = create_app(settings), create_app(settings)
        async with AsyncExitStack() as later:
            async with first.router.lifespan_context(first):
                await eventually(lambda: is_ready(first))
                await later.enter_async_context(second.router.lifespan_context(second))
                await eventually(lambda: says_it_waits(second))
            await eventually(lambda: is_ready(second))


async def says_it_waits(app: FastAPI) -> bool:
    return "only one summarizer" in (await health(app, "ready")).text
