import asyncio
import gc
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from services.fetcher.scheduling.schedule import Schedule, is_due
from services.fetcher.subscribers import register_harvest
from shared.contracts import Harvest, HarvestReply
from shared.errors import TemporaryFailure
from shared.service.background import Background
from tests.support.arxiv.demo import demo_settings
from tests.support.bus.in_memory import FakeBus
from tests.support.checks.waiting import eventually


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("settings", "last_done", "now", "expected"),
    [
        ({}, None, "2026-11-06T12:00", True),
        # 23:00 in New York is 4:00 UTC in winter and 3:00 in summer
        ({}, "2026-11-06T04:01", "2026-11-06T12:00", False),
        ({}, "2026-11-06T03:59", "2026-11-06T12:00", True),
        ({}, "2026-07-06T03:01", "2026-07-06T12:00", False),
        ({}, "2026-11-06T04:01", "2026-11-07T03:59", False),
        ({}, "2026-11-06T04:01", "2026-11-09T12:00", True),
        ({"schedule_time": "06:00", "schedule_timezone": "UTC"}, "2026-11-06T05:00", "2026-11-06T06:00", True),
        ({"interval_minutes": 10}, "2026-11-06T12:00", "2026-11-06T12:09", False),
        ({"interval_minutes": 10}, "2026-11-06T12:00", "2026-11-06T12:10", True),
    ],
)
async def test_a_harvest_is_due_at_start_where_one_was_missed(
    settings: dict[str, Any], last_done: str | None, now: str, expected: bool
) -> None:
    assert is_due(demo_settings(**settings), at(last_done) if last_done else None, at(now)) is expected


async def test_a_harvest_that_fails_is_tried_again_and_again_at_the_next_time() -> None:
    calls: list[int] = []

    async def work() -> None:
        calls.append(len(calls))
        if len(calls) == 1:
            raise TemporaryFailure("503", retry_in_seconds=0.01)
        if len(calls) == 2:
            raise KeyError("a bug")

    async with Background({"harvests": Schedule(demo_settings(interval_minutes=0.01), work).run}).running():
        await eventually(lambda: len(calls) >= 4)


async def test_a_harvest_is_never_started_beside_itself_and_ends_with_the_schedule() -> None:
    starts, ends = list[int](), list[str]()
    started = asyncio.Event()

    async def work() -> None:
        starts.append(1)
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ends.append("ended")

    async with Background({"harvests": Schedule(demo_settings(interval_minutes=0.001), work).run}).running():
        await asyncio.wait_for(started.wait(), 10)
        await asyncio.sleep(0.2)
    assert (len(starts), ends) == (1, ["ended"])


async def test_stopping_while_a_harvest_waits_or_works_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Neither a traceback in the log nor a task whose end nobody looked at."""
    loop, complaints = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    tried, working = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        tried.set()
        raise TemporaryFailure("503", retry_in_seconds=900)

    async def work() -> None:
        working.set()
        await asyncio.Event().wait()

    for harvest, begun in ((wait, tried), (work, working)):
        async with Background({"harvests": Schedule(demo_settings(interval_minutes=0.001), harvest).run}).running():
            await asyncio.wait_for(begun.wait(), 10)
    gc.collect()
    await asyncio.sleep(0)
    told = [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
    assert (told, complaints) == ([], [])


async def test_a_harvest_that_somebody_asks_for_begins_beside_the_schedule() -> None:
    calls: list[int] = []

    async def work() -> None:
        calls.append(1)

    schedule = Schedule(demo_settings(harvest_on_start=False), work)
    async with Background({"harvests": schedule.run}).running():
        schedule.harvest_now()
        await eventually(lambda: calls == [1])


async def test_a_request_for_a_harvest_is_answered_at_once() -> None:
    bus, asked = FakeBus(), list[int]()
    register_harvest(bus, lambda: asked.append(1))
    assert await bus.responders[Harvest](Harvest()) == HarvestReply()
    assert asked == [1]
