"""Whatever anybody publishes, with a real nats-server: consumers go on, and each such message is set aside."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats.errors
import pytest
from prometheus_client import CollectorRegistry

from shared.bus.bus import NatsBus
from shared.bus.delivery.dead_letters import DeadLetter, DeadLetters
from shared.contracts import Encode, EncodeReply, PapersNew
from shared.errors import PermanentFailure, RequestFailed
from tests.integration.bus.test_bus import QUICK, all_acked, bare_client, letters, letters_now, running
from tests.support.bus.nats import PASSWORD, NatsServer, nats_server
from tests.support.checks.waiting import eventually

pytestmark = pytest.mark.attack

DEEP = b'{"paper_ids":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
GOOD = b'{"paper_ids":["2403.12345"]}'
UNREADABLE = {
    "deep nesting": DEEP,
    "invalid UTF-8": b'{"paper_ids":["2403.12345"],"user":"\xff"}',
    "a lone surrogate": b'{"paper_ids":["2403.12345"],"user":"\\ud800"}',
    "NaN": b'{"paper_ids":["2403.12345"],"run_size":NaN}',
    "a huge number": b'{"paper_ids":["2403.12345"],"run_size":' + b"9" * 900_000 + b"}",
    "wrong types": b'{"paper_ids":{"a":1},"last":"perhaps"}',
    "a megabyte of ids": json.dumps({"paper_ids": ["2403.12345"] * 70_000}).encode(),
    "a megabyte of control characters": b"\x01" * 1_040_000,
    "a megabyte of quotes": b'"' * 1_040_000,
    "a field named by a megabyte": b'{"' + b"x" * 1_000_000 + b'":1}',
    "a bad id of a megabyte": b'{"paper_ids":["' + b"\\u0007" * 170_000 + b'"]}',
    "nothing": b"",
}


@asynccontextmanager
async def embedder(
    server: NatsServer, seen: list[str], registry: CollectorRegistry | None = None
) -> AsyncIterator[NatsBus]:
    bus = NatsBus(server.settings, "embedder", registry)

    async def handler(event: PapersNew) -> None:
        seen.append(event.event_id)

    bus.on(PapersNew, handler)
    async with running(bus):
        yield bus


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_unreadable_message_is_one_dead_letter_and_is_over(tmp_path: Path, body: bytes) -> None:
    seen: list[str] = []
    with nats_server(tmp_path, **QUICK) as server:
        async with embedder(server, seen), bare_client(server) as js:
            await js.publish("papers.new", body)
            await js.publish("papers.new", GOOD, headers={"Nats-Msg-Id": "good"})
            await eventually(lambda: seen == ["good"])
            await eventually(lambda: all_acked(js, "embedder-papers-new"))
            (letter,) = await letters(server)
    assert letter.malformed
    assert len(letter.reason) <= 2_000


async def test_more_unreadable_messages_than_a_consumer_may_hold_are_counted_and_do_not_stop_it(tmp_path: Path) -> None:
    seen: list[str] = []
    registry = CollectorRegistry()
    with nats_server(tmp_path, **QUICK) as server:
        async with embedder(server, seen, registry), bare_client(server) as js:
            for _ in range(250):
                await js.publish("papers.new", DEEP[:1_000])
            await js.publish("papers.new", GOOD, headers={"Nats-Msg-Id": "good"})
            await eventually(lambda: seen == ["good"])
            await eventually(lambda: letters_now(server, 250))
    assert registry.get_sample_value("papersys_events_total", {"subject": "papers.new", "outcome": "malformed"}) == 250


async def test_a_letter_that_the_server_never_takes_stands_in_the_log_and_its_message_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refused(letters: DeadLetters, letter: DeadLetter) -> None:
        raise nats.errors.MaxPayloadError

    monkeypatch.setattr(DeadLetters, "put", refused)
    seen: list[str] = []
    with nats_server(tmp_path, **QUICK) as server:
        async with embedder(server, seen), bare_client(server) as js:
            await js.publish("papers.new", DEEP)
            await js.publish("papers.new", GOOD, headers={"Nats-Msg-Id": "good"})
            await eventually(lambda: seen == ["good"])
            await eventually(lambda: all_acked(js, "embedder-papers-new"))
    assert "dead_letter_lost" in {vars(record).get("action") for record in caplog.records}


HEADERS = {
    "a status": b"NATS/1.0\r\nStatus: 500\r\nDescription: gone\r\n\r\n",
    "a status that stands for no message": b"NATS/1.0\r\nStatus: 404\r\n\r\n",
    "a heartbeat": b"NATS/1.0\r\nStatus: 100\r\nDescription: Idle Heartbeat\r\n\r\n",
    "a status in the first line": b"NATS/1.0 503\r\n\r\n",
    "a first line that is no UTF-8": b"NATS/1.0 \xff\xff\xff\xff\r\n\r\n",
    "JSON that is none": b"NATS/1.0\r\ncontent-type: application/json\r\n\r\n",
    "another place to answer to": b"NATS/1.0\r\nreply_to: papers.new\r\n\r\n",
    "an id with spaces": b"NATS/1.0\r\nNats-Msg-Id: a b\tc \xff\r\n\r\n",
    "an id of 60 kB": b"NATS/1.0\r\nNats-Msg-Id: " + b"x" * 60_000 + b"\r\n\r\n",
    "no names": b"NATS/1.0\r\n: : :\r\n\xff\xfe\r\n\r\n",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
async def test_a_message_with_hostile_headers_is_read_for_what_it_is(tmp_path: Path, header: bytes) -> None:
    seen: list[str] = []
    with nats_server(tmp_path, **QUICK) as server:
        async with embedder(server, seen), bare_client(server) as js:
            await publish_raw(server, "papers.new", header, GOOD)
            await eventually(lambda: len(seen) == 1)
            await js.publish("papers.new", GOOD, headers={"Nats-Msg-Id": "good"})
            await eventually(lambda: seen[1:] == ["good"])
            await eventually(lambda: all_acked(js, "embedder-papers-new"))
            assert await letters(server) == []
    assert len(seen[0]) <= 200


async def publish_raw(server: NatsServer, subject: str, header: bytes, body: bytes) -> None:
    """Publish with a header block as it is; clients would refuse to write most of these."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.settings.port)
    await reader.readline()
    login = {"user": "papersys", "pass": PASSWORD, "headers": True, "verbose": False, "pedantic": False}
    writer.write(b"CONNECT " + json.dumps(login).encode() + b"\r\n")
    writer.write(
        f"HPUB {subject} {len(header)} {len(header) + len(body)}\r\n".encode() + header + body + b"\r\nPING\r\n"
    )
    await writer.drain()
    answer = await reader.readline()
    assert answer.strip() == b"PONG", answer
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
async def test_a_request_with_hostile_headers_leaves_the_connection_as_it_was(tmp_path: Path, header: bytes) -> None:
    asked: list[str] = []
    with nats_server(tmp_path, **QUICK) as server:
        asking, answering = NatsBus(server.settings, "ranker"), NatsBus(server.settings, "embedder")

        async def encode(request: Encode) -> EncodeReply:
            asked.extend(request.texts)
            return EncodeReply(model="m", vectors=((1.0, 0.0),))

        answering.answer(Encode, encode)
        async with running(asking, answering):
            await publish_raw(server, "embedder.encode", header, b'{"texts":["hostile"]}')
            assert (await asking.ask(Encode(texts=("good",)))).model == "m"
    assert "good" in asked


LETTERS = {
    "no JSON": (b"", b"hello"),
    "deep nesting": (b"", DEEP),
    "no fields": (b"", b"{}"),
    "a status": (HEADERS["a status"], b"hello"),
    "a heartbeat without a body": (HEADERS["a heartbeat"], b""),
    "a first line that is no UTF-8": (HEADERS["a first line that is no UTF-8"], b"hello"),
}


@pytest.mark.parametrize(("header", "body"), LETTERS.values(), ids=LETTERS.keys())
async def test_an_odd_message_among_the_dead_letters_is_shown_and_can_be_dropped(
    tmp_path: Path, header: bytes, body: bytes
) -> None:
    with nats_server(tmp_path, **QUICK) as server:
        async with embedder(server, []), bare_client(server) as js:
            await publish_raw(server, "dead.x", header or b"NATS/1.0\r\n\r\n", body)
            dead = DeadLetters(js)
            sound = DeadLetter(
                service="embedder", subject="papers.new", event_id="e", reason="away", body=GOOD.decode()
            )
            await dead.put(sound)
            await eventually(lambda: letters_now(server, 2))
            odd, read = await dead.all()
            assert odd.reason.startswith("This letter cannot be read")
            assert (read.event_id, read.reason) == ("e", "away")
            assert (await dead.get(odd.number)).malformed
            with pytest.raises(Exception, match="no valid event"):
                await dead.retry(odd.number)
            await dead.drop(odd.number)
            await dead.retry(read.number)
            assert await dead.all() == []


async def test_a_number_that_no_letter_has_is_said_to_be_none(tmp_path: Path) -> None:
    with nats_server(tmp_path, **QUICK) as server:
        async with embedder(server, []), bare_client(server) as js:
            for number in (0, 7, 2**70):
                for work in (DeadLetters(js).get, DeadLetters(js).retry, DeadLetters(js).drop):
                    with pytest.raises(Exception, match=f"no dead letter number {number}"):
                        await work(number)


async def test_a_letter_about_a_failed_event_of_a_megabyte_is_stored(tmp_path: Path) -> None:
    with nats_server(tmp_path, **QUICK) as server:
        bus = NatsBus(server.settings, "embedder")

        async def handler(event: PapersNew) -> None:
            raise PermanentFailure("no " * 500_000)

        bus.on(PapersNew, handler)
        body = json.dumps({"paper_ids": ["2403.12345"], "run_id": "\x01" * 170_000}).encode()
        async with running(bus), bare_client(server) as js:
            await js.publish("papers.new", body)
            await eventually(lambda: letters_now(server, 1))
            await eventually(lambda: all_acked(js, "embedder-papers-new"))
            (letter,) = await letters(server)
    assert (letter.paper_id, letter.cut) == ("2403.12345", True)


async def test_requests_and_answers_that_cannot_be_sent_or_read_are_typed_errors(tmp_path: Path) -> None:
    with nats_server(tmp_path, **QUICK) as server:
        asking, answering = NatsBus(server.settings, "ranker"), NatsBus(server.settings, "embedder")

        async def encode(request: Encode) -> EncodeReply:
            return EncodeReply(model="m", vectors=((0.123456789,) * 100_000,))

        answering.answer(Encode, encode)
        async with running(asking, answering), bare_client(server) as js:
            for texts, code in ((("a",), "too_large"), (("x" * 1_100_000,), "unsendable"), (("\ud800",), "unsendable")):
                with pytest.raises(RequestFailed) as caught:
                    await asking.ask(Encode.model_construct(texts=texts))
                assert (caught.value.code, caught.value.retryable) == (code, False)
            for body in (DEEP, b"", b"\xff", b'{"texts":["\\ud800"]}'):
                answer = await js._nc.request(
                    "embedder.encode", body, timeout=5, headers={"content-type": "text/plain"}
                )
                assert json.loads(answer.data)["code"] == "invalid"
