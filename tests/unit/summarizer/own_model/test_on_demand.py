"""At most one llama-server: the first question starts it, silence stops it, failures are not repeated in vain."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest

from services.summarizer.own_model.on_demand import OnDemandServer
from services.summarizer.own_model.server import RunningServer, ServerEnded
from shared.errors import PermanentFailure, TemporaryFailure
from tests.support.checks.waiting import eventually


class FakeServer:
    """What the on-demand server needs of a running one."""

    address = "http://127.0.0.1:1"
    pid = 1

    def __init__(self) -> None:
        self.is_running = True

    async def stop(self) -> None:
        self.is_running = False

    async def until_end(self) -> str:
        return "signal 9"

    def last_words(self) -> str:
        return "nothing"


class Starter:
    """Starts fakes; fails as often as it is told, or waits until it is let."""

    def __init__(
        self, failures: int = 0, error: Callable[[], Exception] = lambda: ServerEnded("out of memory")
    ) -> None:
        self.failures = failures
        self.error = error
        self.started: list[FakeServer] = []
        self.tries = 0
        self.may = asyncio.Event()
        self.may.set()

    async def __call__(self) -> RunningServer:
        self.tries += 1
        await self.may.wait()
        if self.tries <= self.failures:
            raise self.error()
        self.started.append(FakeServer())
        return cast(RunningServer, self.started[-1])


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def watched(server: OnDemandServer) -> AsyncIterator[None]:
    watching = asyncio.create_task(server.watch())
    try:
        yield
    finally:
        watching.cancel()
        await server.stop()


async def test_it_stays_while_it_is_used_and_goes_after_a_silence() -> None:
    clock, starter = Clock(), Starter()
    server = OnDemandServer(starter, 60, clock)
    async with watched(server):
        assert server.state == "asleep"
        async with server.in_use() as address:
            assert (address, server.state) == ("http://127.0.0.1:1", "awake")
            clock.now = 1000
            await asyncio.sleep(1.2)
            assert starter.started[0].is_running
        clock.now += 61
        await eventually(lambda: not starter.started[0].is_running)
        async with server.in_use():
            assert len(starter.started) == 2


async def test_without_a_limit_it_stays() -> None:
    clock, starter = Clock(), Starter()
    server = OnDemandServer(starter, 0, clock)
    async with watched(server):
        async with server.in_use():
            pass
        clock.now = 1e9
        await asyncio.sleep(1.2)
        assert server.state == "awake"


async def test_a_question_that_waits_too_long_is_told_to_come_again_and_the_loading_goes_on() -> None:
    starter = Starter()
    starter.may.clear()
    server = OnDemandServer(starter, 60, hold_seconds=0.05)
    with pytest.raises(TemporaryFailure, match="being loaded") as told:
        async with server.in_use():
            pass
    assert told.value.retry_in_seconds
    assert server.state == "loading"
    starter.may.set()
    await eventually(lambda: server.state == "awake")
    assert starter.tries == 1


async def test_one_who_gives_up_does_not_stop_the_loading_for_others() -> None:
    starter = Starter()
    starter.may.clear()
    server = OnDemandServer(starter, 60)
    asking = asyncio.create_task(server.in_use().__aenter__())
    await eventually(lambda: starter.tries == 1)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    starter.may.set()
    async with server.in_use():
        assert starter.tries == 1


async def fail(server: OnDemandServer, kind: type[Exception]) -> Exception:
    with pytest.raises(kind) as failure:
        async with server.in_use():
            pass
    return failure.value


async def test_after_failures_it_waits_then_gives_up_for_a_while() -> None:
    clock, starter = Clock(), Starter(failures=99)
    server = OnDemandServer(starter, 60, clock)
    for tries in (1, 2, 3):
        await fail(server, ServerEnded)
        assert starter.tries == tries
        await fail(server, TemporaryFailure if tries < 3 else PermanentFailure)
        assert starter.tries == tries, "not again at once"
        clock.now += 11
    assert "out of memory" in str(await fail(server, PermanentFailure))
    assert "out of memory" in str(server.note())
    clock.now += 601
    starter.failures = 0
    async with server.in_use():
        assert server.note() is None


async def test_what_a_person_must_mend_is_looked_at_anew_each_time() -> None:
    starter = Starter(failures=2, error=lambda: PermanentFailure("there is no file"))
    server = OnDemandServer(starter, 60, Clock())
    await fail(server, PermanentFailure)
    await fail(server, PermanentFailure)
    async with server.in_use():
        assert starter.tries == 3


async def test_one_that_ended_by_itself_is_noticed() -> None:
    starter = Starter()
    server = OnDemandServer(starter, 60, Clock())
    async with watched(server):
        async with server.in_use():
            pass
        starter.started[0].is_running = False
        assert server.state == "asleep"
        async with server.in_use():
            assert len(starter.started) == 2
