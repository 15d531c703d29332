"""How many calls a server gets at once: as a clock, a queue and a few rules."""

import asyncio
from contextlib import suppress

import pytest

from services.summarizer.llm.calls.slots import Slots
from shared.errors import TemporaryFailure


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_who_comes_first_is_served_first_and_never_more_than_the_limit_at_once() -> None:
    slots, order, here = Slots(2), [], 0

    async def call(number: int) -> None:
        nonlocal here
        async with slots.one():
            here += 1
            assert here <= 2
            order.append(number)
            await asyncio.sleep(0)
            here -= 1

    await asyncio.gather(*map(call, range(20)))
    assert order == list(range(20))


async def test_who_gives_up_in_the_queue_or_in_a_slot_leaves_it_to_the_next() -> None:
    slots = Slots(1)
    gone, served = asyncio.Event(), []

    async def hold() -> None:
        async with slots.one():
            await gone.wait()

    async def call(number: int) -> None:
        async with slots.one():
            served.append(number)

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(call(number)) for number in range(4)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    holding.cancel()
    waiting[0].cancel()
    for task in (holding, *waiting):
        with suppress(asyncio.CancelledError):
            await task
    assert served == [2, 3]
    async with slots.one() as alone:
        assert alone


async def test_a_refusal_halves_the_limit_and_good_calls_raise_it_again_one_by_one_and_ever_more_slowly() -> None:
    slots = Slots(8, Clock())
    slots.refused(0.0)
    assert slots.limit == 4
    until = []
    for _ in range(2):
        calls = 0
        before = slots.limit
        while slots.limit == before:
            slots.answered(0.1, alone=False)
            calls += 1
        until.append(calls)
        slots.refused(0.0)
    assert until[1] > until[0] > 8
    for _ in range(10):
        slots.refused(0.0)
    assert slots.limit == 1
    for _ in range(10_000):
        slots.answered(0.1, alone=False)
    assert slots.limit == 8


async def test_answers_that_begin_later_and_later_lower_the_limit_to_what_the_server_has() -> None:
    slots = Slots(4, Clock())
    slots.answered(0.5, alone=True)
    for place in range(40):
        slots.answered(0.5 + 3.0 * (slots.limit - 1) * (place % 4 > 0), alone=slots.limit == 1)
    assert slots.limit == 1


async def test_answers_that_are_slow_for_a_call_alone_too_lower_nothing() -> None:
    slots = Slots(4, Clock())
    for place in range(100):
        slots.answered(8.0 + place % 3, alone=place % 10 == 0)
    assert slots.limit == 4


async def test_after_a_refusal_no_call_begins_until_the_pause_is_over() -> None:
    slots = Slots(2)
    slots.refused(0.2)
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with slots.one():
        assert loop.time() - started >= 0.19


async def test_while_a_server_wants_to_be_left_alone_nobody_waits_in_the_queue() -> None:
    clock = Clock()
    slots = Slots(2, clock)
    slots.block(60)
    with pytest.raises(TemporaryFailure) as error:
        async with slots.one():
            pass
    assert error.value.retry_in_seconds == 60
    clock.now += 61
    async with slots.one():
        pass
