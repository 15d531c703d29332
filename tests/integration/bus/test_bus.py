"""The bus against a real nats-server: redelivery, delays, dead letters, deduplication, restarts."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import nats
import nats.errors
import pytest
from nats.js import JetStreamContext

from shared.bus.bus import NatsBus
from shared.bus.delivery.dead_letters import DeadLetters
from shared.bus.streams import DEAD_STREAM, reconcile
from shared.contracts import (
    STREAM,
    EmbeddingsReady,
    Encode,
    EncodeReply,
    PapersNew,
    PapersSelected,
)
from shared.errors import PapersFailed, PermanentFailure, RequestFailed, TemporaryFailure
from tests.support.bus.nats import PASSWORD, NatsServer, nats_server
from tests.support.checks.waiting import eventually

QUICK = {"retry_delays_seconds": (0.1, 0.1), "ack_wait_seconds": 1.0}


@asynccontextmanager
async def bare_client(server: NatsServer) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(server.settings.url, user="papersys", password=PASSWORD)
    try:
        yield client.jetstream()
    finally:
        await client.close()


@asynccontextmanager
async def running(*buses: NatsBus) -> AsyncIterator[None]:
    async with asyncio.timeout(60):
        if not buses:
            yield
            return
        async with buses[0].running(), running(*buses[1:]):
            await eventually(lambda: buses[0].problem() is None)
            yield


async def letters(server: NatsServer) -> list[Any]:
    async with bare_client(server) as js:
        return await DeadLetters(js).all()


async def test_a_message_typed_by_hand_reaches_the_handler_with_an_id_that_survives_redelivery(tmp_path: Path) -> None:
    seen: list[PapersNew] = []
    with nats_server(tmp_path, **QUICK) as server:
        bus = NatsBus(server.settings, "embedder")

        async def handler(event: PapersNew) -> None:
            seen.append(event)
            if len(seen) == 1:
                raise TemporaryFailure("not yet")

        bus.on(PapersNew, handler)
        async with running(bus), bare_client(server) as js:
            await js.publish("papers.new", b'{"paper_ids":["arXiv:2403.12345v2"],"force":true}')
            await eventually(lambda: len(seen) == 2)
    assert seen[0].paper_ids == ("2403.12345",)
    assert seen[0].force
    assert seen[0].event_id == seen[1].event_id
    assert seen[0].event_id.startswith("hand-")


async def test_requests_are_answered_where_starting_the_readers_failed_half_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[PapersNew] = []
    with nats_server(tmp_path, **QUICK) as server:
        bus, asker = NatsBus(server.settings, "embedder"), NatsBus(server.settings, "ranker")
        start, starts = bus._broker.start, itertools.count()

        async def start_late() -> None:
            await start()
            if next(starts) == 0:
                raise nats.errors.TimeoutError

        async def encode(request: Encode) -> EncodeReply:
            return EncodeReply(model="minilm", vectors=((1.0,),) * len(request.texts))

        async def handler(event: PapersNew) -> None:
            seen.append(event)

        monkeypatch.setattr(bus._broker, "start", start_late)
        bus.answer(Encode, encode)
        bus.on(PapersNew, handler)
        async with running(bus, asker):
            replies = await asyncio.gather(*(asker.ask(Encode(texts=("graphs",))) for _ in range(20)))
            await asker.publish(PapersNew(paper_ids=("2403.12345",)))
            await eventually(lambda: seen)
    assert [len(reply.vectors) for reply in replies] == [1] * 20
    assert len(seen) == 1


async def test_a_temporary_failure_is_retried_after_growing_delays_and_then_buried_once(tmp_path: Path) -> None:
    times: list[float] = []
    with nats_server(tmp_path, retry_delays_seconds=(0.1, 0.4), ack_wait_seconds=5) as server:
        bus = NatsBus(server.settings, "embedder")

        async def handler(event: PapersNew) -> None:
            times.append(asyncio.get_running_loop().time())
            raise TemporaryFailure("arXiv answers 503")

        bus.on(PapersNew, handler)
        async with running(bus):
            await bus.publish(PapersNew(paper_ids=("2403.12345",)))
            await eventually(lambda: letters_now(server, 1))
            dead = (await letters(server))[0]
    assert len(times) == 3
    assert times[1] - times[0] >= 0.09
    assert times[2] - times[1] >= 0.39
    assert (dead.paper_id, dead.reason, dead.attempts) == ("2403.12345", "arXiv answers 503", 3)


async def letters_now(server: NatsServer, count: int) -> bool:
    async with bare_client(server) as js:
        return (await js.stream_info(DEAD_STREAM)).state.messages == count


async def test_one_bad_paper_of_a_batch_is_one_dead_letter_that_can_be_retried_alone(tmp_path: Path) -> None:
    tries: list[tuple[str, ...]] = []
    broken = True
    with nats_server(tmp_path, **QUICK) as server:
        bus = NatsBus(server.settings, "embedder")

        async def handler(event: PapersNew) -> None:
            tries.append(event.paper_ids)
            if broken and "2403.00002" in event.paper_ids:
                raise PapersFailed({"2403.00002": PermanentFailure("the source is garbage")})

        bus.on(PapersNew, handler)
        async with running(bus), bare_client(server) as js:
            await bus.publish(PapersNew(paper_ids=("2403.00001", "2403.00002", "2403.00003"), last=True, run_size=3))
            await eventually(lambda: letters_now(server, 1))
            (letter,) = await letters(server)
            assert letter.paper_id == "2403.00002"
            assert letter.reason == "the source is garbage"
            broken = False
            await DeadLetters(js).retry(letter.number)
            await eventually(lambda: tries[-1] == ("2403.00002",))
            await eventually(lambda: letters_now(server, 0))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"not json at all", "no valid JSON"),
        (b'["2403.12345"]', "JSON object"),
        (b'{"paper_ids":["24.1"]}', "not an arXiv id"),
        (b'{"paper_ids":[]}', "at least 1 item"),
        (b'{"paper_ids":["2403.12345"],"forse":true}', "forse"),
        (b"\xff\xfe\x00", ""),
    ],
)
async def test_a_malformed_event_is_one_dead_letter_and_never_stops_the_next(
    tmp_path: Path, body: bytes, why: str
) -> None:
    seen: list[str] = []
    with nats_server(tmp_path, **QUICK) as server:
        bus = NatsBus(server.settings, "embedder")

        async def handler(event: PapersNew) -> None:
            seen.extend(event.paper_ids)

        bus.on(PapersNew, handler)
        async with running(bus), bare_client(server) as js:
            await js.publish("papers.new", body)
            await js.publish("papers.new", b'{"paper_ids":["2403.12345"]}')
            await eventually(lambda: seen == ["2403.12345"])
            await eventually(lambda: letters_now(server, 1))
            (letter,) = await letters(server)
    assert letter.malformed
    assert why in letter.reason


async def test_a_repeated_event_is_stored_once_even_after_a_kill_of_the_server(tmp_path: Path) -> None:
    event = PapersNew(paper_ids=("2403.12345",))
    with nats_server(tmp_path, **QUICK) as server:
        bus = NatsBus(server.settings, "embedder")
        async with running(bus):
            await bus.publish(event)
            await bus.publish(event)
            server.kill()
            server.start()
            await eventually(lambda: published(bus, event))
        async with bare_client(server) as js:
            assert (await js.stream_info(STREAM)).state.messages == 1


async def published(bus: NatsBus, event: PapersNew) -> bool:
    try:
        await bus.publish(event)
    except TemporaryFailure:
        return False
    return True


async def test_work_longer_than_ack_wait_is_not_started_a_second_time(tmp_path: Path) -> None:
    starts: list[str] = []
    done = asyncio.Event()
    with nats_server(tmp_path, **QUICK) as server:
        bus = NatsBus(server.settings, "embedder")

        async def handler(event: PapersNew) -> None:
            starts.append(event.event_id)
            await asyncio.sleep(2.5)
            done.set()

        bus.on(PapersNew, handler)
        async with running(bus), bare_client(server) as js:
            await bus.publish(PapersNew(paper_ids=("2403.12345",)))
            await done.wait()
            await eventually(lambda: all_acked(js, "embedder-papers-new"))
    assert len(starts) == 1


async def all_acked(js: JetStreamContext, durable: str) -> bool:
    info = await js.consumer_info(STREAM, durable)
    return bool(info.num_ack_pending == 0 and info.num_pending == 0)


@pytest.mark.proof
async def test_everything_goes_on_when_the_server_was_away(tmp_path: Path) -> None:
    seen: list[str] = []
    with nats_server(tmp_path, **QUICK) as server:
        bus = NatsBus(server.settings, "embedder")

        async def handler(event: PapersNew) -> None:
            seen.extend(event.paper_ids)

        bus.on(PapersNew, handler)
        async with running(bus):
            server.stop()
            with pytest.raises(TemporaryFailure):
                await bus.publish(PapersNew(paper_ids=("2403.00001",)))
            await eventually(lambda: bus.problem() is not None)
            server.start()
            await eventually(lambda: published(bus, PapersNew(paper_ids=("2403.00002",))))
            await eventually(lambda: "2403.00002" in seen)
            await eventually(lambda: bus.problem() is None)


@pytest.mark.proof
async def test_a_service_started_before_its_server_waits_and_says_so(tmp_path: Path) -> None:
    with nats_server(tmp_path, **QUICK) as server:
        server.stop()
        bus = NatsBus(server.settings, "embedder")
        async with asyncio.timeout(60):
            async with bus.running():
                await eventually(lambda: "cannot be used" in (bus.problem() or ""))
                server.start()
                await eventually(lambda: bus.problem() is None)


async def test_a_consumer_is_brought_up_to_todays_configuration_and_made_again_when_lost(tmp_path: Path) -> None:
    with nats_server(tmp_path, **QUICK) as server:
        async with bare_client(server) as js:
            await reconcile(js, 30.0)
            assert await reconcile(js, 30.0) == []
            assert "consumer embedder-papers-new" in " ".join(await reconcile(js, 7.0))
            assert (await js.consumer_info(STREAM, "embedder-papers-new")).config.ack_wait == 7.0
            await js.delete_consumer(STREAM, "embedder-papers-new")
            assert await reconcile(js, 7.0) == ["Made consumer embedder-papers-new."]


async def test_reading_that_was_cancelled_from_within_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.bus.bus._WATCH_SECONDS", 0.05)
    seen: list[str] = []
    with nats_server(tmp_path, **QUICK) as server:
        bus = NatsBus(server.settings, "embedder")

        async def handler(event: PapersNew) -> None:
            seen.extend(event.paper_ids)

        async def encode(request: Encode) -> EncodeReply:
            return EncodeReply(model="m", vectors=((1.0, 0.0),))

        bus.on(PapersNew, handler)
        bus.answer(Encode, encode)
        async with running(bus):
            for reader in bus._broker.subscribers:
                for task in cast(Any, reader).tasks:
                    task.cancel()
            await bus.publish(PapersNew(paper_ids=("2403.12345",)))
            await eventually(lambda: seen == ["2403.12345"])
            await eventually(lambda: bus.problem() is None)
            assert (await bus.ask(Encode(texts=("a",)))).model == "m"


async def test_a_request_is_answered_with_the_declared_type_or_a_typed_error(tmp_path: Path) -> None:
    with nats_server(tmp_path, **QUICK) as server:
        asking, answering = NatsBus(server.settings, "ranker"), NatsBus(server.settings, "embedder")

        async def encode(request: Encode) -> EncodeReply:
            if request.texts[0] == "busy":
                raise TemporaryFailure("the queue is full")
            if request.texts[0] == "bug":
                raise KeyError("oops")
            return EncodeReply(model="m", vectors=((1.0, 0.0),))

        answering.answer(Encode, encode)
        async with running(asking):
            with pytest.raises(RequestFailed) as nobody:
                await asking.ask(Encode(texts=("a",)))
            assert (nobody.value.code, nobody.value.retryable) == ("unavailable", True)
            async with running(answering):
                assert await asking.ask(Encode(texts=("a",))) == EncodeReply(model="m", vectors=((1.0, 0.0),))
                with pytest.raises(RequestFailed, match="the queue is full") as busy:
                    await asking.ask(Encode(texts=("busy",)))
                assert (busy.value.code, busy.value.retryable) == ("temporary", True)
                with pytest.raises(RequestFailed, match="oops"):
                    await asking.ask(Encode(texts=("bug",)))


async def test_the_same_cause_gives_the_same_event_and_another_cause_another() -> None:
    cause = PapersNew(paper_ids=("2403.12345",), run_id="r1", force=True)
    first = EmbeddingsReady.after(cause, paper_ids=cause.paper_ids, model="minilm")
    again = EmbeddingsReady.after(cause, paper_ids=cause.paper_ids, model="minilm")
    other = EmbeddingsReady.after(PapersNew(paper_ids=("2403.12345",)), paper_ids=cause.paper_ids, model="minilm")
    assert first.event_id == again.event_id != other.event_id
    assert (first.run_id, first.force, first.caused_by) == ("r1", True, cause.event_id)
    assert json.loads(PapersSelected.after(first, paper_ids=cause.paper_ids).model_dump_json())["force"] is True
