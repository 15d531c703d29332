"""What another side's absence costs, with a real nats-server: time, and nothing else."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.js import JetStreamContext

from services.summarizer.agent.reading import ask_service
from shared.bus.bus import NatsBus
from shared.bus.delivery.disposition import Policy
from shared.bus.streams import ATTEMPTS_STREAM
from shared.contracts import Document, DocumentReply, Encode, EncodeReply, PapersNew, PapersSelected
from shared.errors import PapersFailed, PermanentFailure, RequestFailed, TemporaryFailure
from tests.integration.bus.test_bus import all_acked, bare_client, letters, letters_now, running
from tests.support.bus.nats import NatsServer, nats_server
from tests.support.checks.waiting import eventually

SHORT = {"retry_delays_seconds": (0.02, 0.02), "ack_wait_seconds": 2.0}
ATTEMPTS = Policy((0.02, 0.02)).max_attempts
DAY_OF_OUTAGE = 24 * 4
"""How often a message is delivered in a day in which the other side says: again in a quarter of an hour."""
PICKS = PapersSelected(paper_ids=("2403.12345",))


class Arxiv:
    """The side that is away, behind the fetcher."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = True

    async def document(self, request: Document) -> DocumentReply:
        self.asked += 1
        if self.away:
            raise TemporaryFailure("arXiv fails since 10:02 (503)", retry_in_seconds=0.03)
        return DocumentReply(paper_id=request.paper_id, version=1, status="missing")


@asynccontextmanager
async def fetcher(server: NatsServer, arxiv: Arxiv) -> AsyncIterator[None]:
    bus = NatsBus(server.settings, "fetcher")
    bus.answer(Document, arxiv.document)
    async with running(bus):
        yield


@asynccontextmanager
async def summarizer(
    server: NatsServer, read: list[str], before: Callable[[], None] = lambda: None
) -> AsyncIterator[NatsBus]:
    bus = NatsBus(server.settings, "summarizer")

    async def on_papers_selected(event: PapersSelected) -> None:
        before()
        await ask_service(bus, Document(paper_id=event.paper_ids[0]))
        read.extend(event.paper_ids)

    bus.on(PapersSelected, on_papers_selected)
    async with running(bus):
        yield bus


@pytest.mark.proof
async def test_a_day_without_arxiv_buries_nothing_and_goes_on_by_itself(tmp_path: Path) -> None:
    arxiv, read = Arxiv(), list[str]()
    with nats_server(tmp_path, **SHORT) as server:
        async with fetcher(server, arxiv), bare_client(server) as js:
            async with summarizer(server, read) as bus:
                await bus.publish(PICKS)
                await eventually(lambda: arxiv.asked >= DAY_OF_OUTAGE // 2)
            async with summarizer(server, read):
                await eventually(lambda: arxiv.asked >= DAY_OF_OUTAGE)
                server.kill()
                server.start()
                so_far = arxiv.asked
                await eventually(lambda: arxiv.asked > so_far + ATTEMPTS)
                assert (read, await letters(server)) == ([], [])
                arxiv.away = False
                await eventually(lambda: read == ["2403.12345"])
                await eventually(lambda: all_acked(js, "summarizer-papers-selected"))
                await eventually(lambda: records(js, 0))
            assert await letters(server) == []


async def records(js: JetStreamContext, count: int) -> bool:
    return (await js.stream_info(ATTEMPTS_STREAM)).state.messages == count


async def test_attempts_that_failed_are_counted_over_waits_and_restarts(tmp_path: Path) -> None:
    """Waits between two attempts neither count nor make those forgotten that did fail."""
    tries: list[str] = []
    outcomes = iter(["wait"] * 5 + ["fail"] + ["wait"] * 5 + ["fail"] + ["wait"] * 5 + ["fail", "unasked"])

    def fail_or_wait() -> None:
        tries.append(next(outcomes))
        if tries[-1] == "fail":
            raise KeyError("a bug")

    with nats_server(tmp_path, **SHORT) as server:
        async with fetcher(server, Arxiv()), bare_client(server) as js:
            async with summarizer(server, [], fail_or_wait) as bus:
                await bus.publish(PICKS)
                await eventually(lambda: len(tries) >= 8)
            async with summarizer(server, [], fail_or_wait):
                await eventually(lambda: letters_now(server, 1))
                await eventually(lambda: all_acked(js, "summarizer-papers-selected"))
            (letter,) = await letters(server)
    assert tries.count("fail") == ATTEMPTS == letter.attempts
    assert "unasked" not in tries


async def test_nobody_there_to_ask_is_a_wait_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.bus.bus._AWAY_SECONDS", 0.03)
    arxiv, read, tries = Arxiv(), list[str](), list[int]()
    arxiv.away = False
    with nats_server(tmp_path, **SHORT) as server:
        async with summarizer(server, read, lambda: tries.append(1)) as bus:
            await bus.publish(PICKS)
            await eventually(lambda: len(tries) > 10 * ATTEMPTS)
            assert await letters(server) == []
            async with fetcher(server, arxiv):
                await eventually(lambda: read == ["2403.12345"])


async def test_each_asker_learns_of_the_wait(tmp_path: Path) -> None:
    with nats_server(tmp_path, **SHORT) as server:
        asking, answering = NatsBus(server.settings, "publisher"), NatsBus(server.settings, "embedder")

        async def encode(request: Encode) -> EncodeReply:
            raise TemporaryFailure("the key has expired", retry_in_seconds=60)

        answering.answer(Encode, encode)
        async with running(asking):
            with pytest.raises(RequestFailed) as nobody:
                await asking.ask(Encode(texts=("a",)))
            assert nobody.value.retry_in_seconds
            async with running(answering):
                with pytest.raises(RequestFailed, match="expired") as caught:
                    await asking.ask(Encode(texts=("a",)))
    assert (caught.value.retryable, caught.value.retry_in_seconds) == (True, 60)


async def test_one_dead_paper_among_waiting_ones_has_one_letter_and_the_others_go_on(tmp_path: Path) -> None:
    tries: list[int] = []
    with nats_server(tmp_path, **SHORT) as server:
        bus = NatsBus(server.settings, "embedder")

        async def handler(event: PapersNew) -> None:
            tries.append(1)
            failures: dict[str, Exception] = {"2403.00001": PermanentFailure("garbage")}
            if len(tries) < 20:
                failures["2403.00002"] = TemporaryFailure("away", retry_in_seconds=0.03)
            raise PapersFailed(failures)

        bus.on(PapersNew, handler)
        async with running(bus), bare_client(server) as js:
            await bus.publish(PapersNew(paper_ids=("2403.00001", "2403.00002")))
            await eventually(lambda: letters_now(server, 1))
            (first,) = await letters(server)
            await eventually(lambda: len(tries) == 20)
            await eventually(lambda: all_acked(js, "embedder-papers-new"))
            assert [letter.number for letter in await letters(server)] == [first.number]
    assert first.paper_id == "2403.00001"


async def test_a_message_that_its_handlers_never_survive_is_buried_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.bus.delivery.disposition.CRASH_ALLOWANCE", 3)
    deaths: list[int] = []
    with nats_server(tmp_path, retry_delays_seconds=(0.02, 0.02), ack_wait_seconds=0.6) as server:
        bus = NatsBus(server.settings, "embedder")

        async def handler(event: PapersNew) -> None:
            deaths.append(1)
            raise asyncio.CancelledError  # as at the end of a process: no rating, no ack

        bus.on(PapersNew, handler)
        async with running(bus):
            await bus.publish(PapersNew(paper_ids=("2403.12345",)))
            await eventually(lambda: letters_now(server, 1))
            (letter,) = await letters(server)
    assert "died or hung" in letter.reason
    assert len(deaths) == 3


def started(starts: list[int], more_than: int) -> bool:
    return len(starts) > more_than


async def test_a_restart_in_the_middle_of_work_is_no_failed_attempt(tmp_path: Path) -> None:
    starts: list[int] = []
    with nats_server(tmp_path, retry_delays_seconds=(0.02,), ack_wait_seconds=0.6, stop_seconds=0.1) as server:
        for restarts in range(5):
            bus = NatsBus(server.settings, "embedder")

            async def handler(event: PapersNew) -> None:
                starts.append(1)
                await asyncio.Event().wait()

            bus.on(PapersNew, handler)
            async with running(bus):
                if not starts:
                    await bus.publish(PapersNew(paper_ids=("2403.12345",)))
                await eventually(functools.partial(started, starts, restarts))
        done = asyncio.Event()
        last = NatsBus(server.settings, "embedder")

        async def finish(event: PapersNew) -> None:
            done.set()

        last.on(PapersNew, finish)
        async with running(last):
            await asyncio.wait_for(done.wait(), 20)
        assert await letters(server) == []
