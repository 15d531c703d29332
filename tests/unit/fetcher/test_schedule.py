import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from services.fetcher.schedule import Schedule, is_due
from shared.errors import TemporaryFailure
from tests.support.arxiv import demo_settings
from tests.support.waiting import eventually


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("settings", "last_done", "now", "expected"),
    [
        ({}, None, "2026-11-06T12:00", True),
        ({"harvest_on_start": False}, None, "2026-11-06T12:00", False),
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

    schedule = Schedule(demo_settings(interval_minutes=0.01), work)
    schedule.start(None)
    await eventually(lambda: len(calls) >= 4)
    schedule.stop()
    await asyncio.sleep(0)


async def test_a_harvest_is_never_started_beside_itself_and_ends_with_the_schedule() -> None:
    ends: list[str] = []
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ends.append("ended")

    schedule = Schedule(demo_settings(interval_minutes=0.001), work)
    schedule.start(None)
    await asyncio.wait_for(started.wait(), 10)
    schedule.stop()
    await eventually(lambda: ends == ["ended"])
