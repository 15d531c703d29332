"""Loops that die start again, and readiness says so meanwhile."""

import asyncio
import logging

import pytest

from shared.errors import TemporaryFailure
from shared.service.background import Background
from tests.support.checks.waiting import eventually


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class Loop:
    """Dies as often as it is told to, then lives."""

    def __init__(self, *errors: BaseException, clock: Clock | None = None, lives_seconds: float = 0.0) -> None:
        self.errors = list(errors)
        self.clock = clock
        self.lives_seconds = lives_seconds
        self.starts = 0
        self.ended = False

    async def run(self) -> None:
        self.starts += 1
        if self.clock is not None:
            self.clock.now += self.lives_seconds
        if self.errors:
            raise self.errors.pop(0)
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True


async def test_a_loop_that_dies_starts_again_after_growing_delays(caplog: pytest.LogCaptureFixture) -> None:
    clock, loop = Clock(), Loop(KeyError("bug"), RuntimeError("damaged again"), TemporaryFailure("away"))
    background = Background({"search index": loop.run}, (1, 5), clock, clock.sleep)
    async with background.running():
        await eventually(lambda: loop.starts == 4)
    assert clock.slept == [1, 5, 5]
    assert loop.ended
    died = [record for record in caplog.records if vars(record).get("action") == "loop_died"]
    assert [vars(record)["loop"] for record in died] == ["search index"] * 3
    assert [bool(record.exc_info) for record in died] == [True, True, False]


async def test_readiness_says_which_loop_is_down_until_it_has_run_again_for_a_while() -> None:
    clock, ill, well = Clock(), Loop(RuntimeError("damaged again")), Loop()
    background = Background({"search index": ill.run, "learning": well.run}, (5,), clock, clock.sleep)
    assert background.problem() is None
    async with background.running():
        await eventually(lambda: ill.starts == 2)
        assert background.problem() == "search index stopped (RuntimeError: damaged again) and starts again in 5 s"
        clock.now += 5.1
        assert background.problem() is None
        assert (well.starts, well.ended) == (1, False)


async def test_a_loop_that_ran_well_for_long_starts_again_soon() -> None:
    clock = Clock()
    loop = Loop(*[RuntimeError("now and then")] * 3, clock=clock, lives_seconds=400)
    async with Background({"loop": loop.run}, (1, 5, 60), clock, clock.sleep).running():
        await eventually(lambda: loop.starts == 4)
    assert clock.slept == [1, 1, 1]


async def test_a_loop_that_is_cancelled_from_within_does_not_end_in_silence() -> None:
    clock, loop = Clock(), Loop(asyncio.CancelledError())
    async with Background({"loop": loop.run}, (1,), clock, clock.sleep).running():
        await eventually(lambda: loop.starts == 2)


async def test_a_loop_with_nothing_left_to_do_is_not_started_again() -> None:
    starts: list[int] = []

    async def once() -> None:
        starts.append(1)

    background = Background({"seeds": once})
    async with background.running():
        await eventually(lambda: starts)
        await asyncio.sleep(0)
    assert (starts, background.problem()) == ([1], None)


async def test_a_stop_ends_every_loop_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    loops = [Loop(), Loop()]
    with caplog.at_level(logging.DEBUG):
        async with Background({str(number): loop.run for number, loop in enumerate(loops)}).running():
            await eventually(lambda: all(loop.starts for loop in loops))
    assert all(loop.ended for loop in loops)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
