"""When harvests run: once a day at a time of the settings, or every so many minutes, and at start after a missed one.

The scheduler's timer stands still while a machine sleeps; so a tick each minute makes it look at the clock on the wall.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from services.fetcher.arxiv.wait_words import wait_words
from services.fetcher.settings import FetcherSettings
from shared.errors import TemporaryFailure

log = logging.getLogger(__name__)

_TICK_SECONDS = 60
_LONGEST_WAIT_SECONDS = 3600.0
Work = Callable[[], Awaitable[None]]


class Schedule:
    """Runs `work` at its times, never twice at once, and again after growing waits when it fails.

    `is_owed` says whether it begins at once; it is asked at each start.
    """

    def __init__(
        self,
        settings: FetcherSettings,
        work: Work,
        is_owed: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._work = work
        self._is_owed = is_owed
        self._due = asyncio.Event()

    def harvest_now(self) -> None:
        """Somebody asked: a harvest begins at once, or when the present one has ended."""
        self._due.set()

    async def run(self) -> None:
        """Work until cancelled, the first time at once where work is owed.

        A cancellation ends whatever is under way: its cursor lets the next start go on.
        """
        due = self._due
        if await asyncio.to_thread(self._is_owed):
            due.set()
        scheduler = self._scheduler(due)
        scheduler.start()
        try:
            while True:
                await due.wait()
                due.clear()
                await self._until_done()
        finally:
            scheduler.shutdown(wait=False)

    def _scheduler(self, due: asyncio.Event) -> Any:
        """It only says when: a job of its own that is cut short would be reported as one that failed."""

        async def say() -> None:
            due.set()

        scheduler = AsyncIOScheduler(timezone=ZoneInfo(self._settings.schedule_timezone))
        scheduler.add_job(say, trigger_of(self._settings), coalesce=True, misfire_grace_time=None)
        scheduler.add_job(_tick, IntervalTrigger(seconds=_TICK_SECONDS), coalesce=True, misfire_grace_time=None)
        return scheduler

    async def _until_done(self) -> None:
        waits = self._settings.failure_waits_seconds
        for failures in range(1_000_000):
            try:
                await self._work()
                return
            except TemporaryFailure as failure:
                asked = failure.retry_in_seconds
                wait = waits[min(failures, len(waits) - 1)] if asked is None else asked
                log.warning("Retrying in %s: %s", wait_words(wait), failure, extra={"action": "harvest_waits"})
            except Exception:
                wait = waits[min(failures, len(waits) - 1)]
                text = "The harvest failed. Retrying in %s."
                log.exception(text, wait_words(wait), extra={"action": "harvest_broke"})
            await asyncio.sleep(min(wait, _LONGEST_WAIT_SECONDS))


def trigger_of(settings: FetcherSettings) -> Any:
    if settings.interval_minutes is not None:
        return IntervalTrigger(seconds=settings.interval_minutes * 60)
    at = settings.schedule_time
    return CronTrigger(hour=at.hour, minute=at.minute, timezone=ZoneInfo(settings.schedule_timezone))


def is_due(settings: FetcherSettings, last_done: datetime | None, at: datetime) -> bool:
    """Whether a harvest should have run between the last one and now."""
    if last_done is None:
        return True
    if settings.interval_minutes is not None:
        return at - last_done >= timedelta(minutes=settings.interval_minutes)
    following = trigger_of(settings).get_next_fire_time(None, last_done + timedelta(seconds=1))
    return following is not None and following <= at


async def _tick() -> None:
    """Nothing: that the scheduler wakes up is the point."""
