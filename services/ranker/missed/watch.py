"""Looks by itself, once a week and for each user, for what their picks missed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

from services.ranker.learning.taste import Taste
from services.ranker.missed.weekly import MissedPapers
from services.ranker.missed.weeks import Week, week_after
from shared.store.people.missed import MissedStore

log = logging.getLogger(__name__)

_FIRST_SECONDS = 900.0
_CHECK_SECONDS = 3_600.0


class MissedWatch:
    """Writes a week's file when the week is over; a week that was slept through is looked at with the next one."""

    def __init__(
        self,
        missed: MissedPapers,
        store: MissedStore,
        users: Callable[[], Iterable[str]],
        taste: Callable[[str], Awaitable[Taste]],
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._missed, self._store, self._users, self._taste = missed, store, users, taste
        self._clock, self._sleep = clock, sleep

    async def run(self) -> None:
        """Look some minutes after the start, when there is less to do, and hourly, until cancelled."""
        await self._sleep(_FIRST_SECONDS)
        while True:
            await self.look()
            await self._sleep(_CHECK_SECONDS)

    async def look(self) -> None:
        """Everybody's week, where it is not there yet. A failure of one user's holds up nobody else."""
        for user in sorted(await asyncio.to_thread(self._users)):
            facts = {"action": "missed_papers", "user": user}
            try:
                week = await asyncio.to_thread(self.due, user)
                if week is not None:
                    made = await asyncio.to_thread(self._missed.look, user, week, await self._taste(user))
                    await asyncio.to_thread(self._store.put, made)
                    log.info("%d papers were missed and found until %s.", len(made.papers), made.week, extra=facts)
            except Exception as error:
                log.warning("What was missed could not be looked for: %s", error, extra=facts, exc_info=True)

    def due(self, user: str) -> Week | None:
        """The week to look at now, from where the last one ended; None where it is there."""
        return week_after(self._store.of(user), self._clock())
