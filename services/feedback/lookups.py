"""Metadata of papers that were rated but never harvested: asked for until it is there, however long arXiv is away.

What is missing is seen from the stores alone, so nothing has to be remembered, and a restart goes on by itself.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from shared.bus.bus import Bus
from shared.bus.disposition import Policy
from shared.contracts import Lookup, now
from shared.errors import RequestFailed
from shared.store.papers.metadata import MetadataStore
from shared.store.preferences import RatingStore

log = logging.getLogger(__name__)

_PAPERS_A_REQUEST = 10
"""At three seconds a paper, as many as a request has time for."""
_DELAYS = Policy((5, 15, 60, 300, 900))
_LOOK_SECONDS = 3_600.0
_UNKNOWN_AGAIN = timedelta(days=1)


class Lookups:
    """`notice` says that there are new ratings; `run` asks in the background."""

    def __init__(
        self,
        bus: Bus,
        ratings: RatingStore,
        metadata: MetadataStore,
        clock: Callable[[], datetime] = now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bus = bus
        self._ratings = ratings
        self._metadata = metadata
        self._clock = clock
        self._sleep = sleep
        self._news = asyncio.Event()
        self._unknown: dict[str, datetime] = {}

    def notice(self) -> None:
        """There are new ratings."""
        self._news.set()

    async def run(self) -> None:
        """Ask at once, after each notice and now and then; after a failure when the other side says, or ever later."""
        failures = 0
        while True:
            self._news.clear()
            try:
                await self.complete()
            except RequestFailed as error:
                failures += 1
                asked_for = error.retry_in_seconds
                wait = _DELAYS.delay_after(failures) if asked_for is None else _DELAYS.wait_for(asked_for)
                log.warning("Rated papers wait for their metadata: %s", error, extra={"action": "lookups_wait"})
                await self._sleep(wait)
            else:
                failures = 0
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), _LOOK_SECONDS)

    async def complete(self) -> None:
        """Ask once for all that is missing. Raises RequestFailed where asking again may help, when all had a turn."""
        missing = await asyncio.to_thread(self._missing)
        failure: RequestFailed | None = None
        for start in range(0, len(missing), _PAPERS_A_REQUEST):
            try:
                await self._ask(missing[start : start + _PAPERS_A_REQUEST])
            except RequestFailed as error:
                failure = error
                if error.retry_in_seconds is not None:
                    break
        if failure is not None:
            raise failure

    async def _ask(self, paper_ids: Sequence[str]) -> None:
        """One request; where it is refused for good, one a paper, so that one bad paper fails alone."""
        try:
            reply = await self._bus.ask(Lookup(paper_ids=tuple(paper_ids)))
        except RequestFailed as error:
            if error.retryable:
                raise
            if len(paper_ids) == 1:
                self._say_unknown(paper_ids[0], str(error))
                return
            for paper_id in paper_ids:
                await self._ask([paper_id])
        else:
            for paper_id, why in reply.missing.items():
                self._say_unknown(paper_id, why)

    def _say_unknown(self, paper_id: str, why: str) -> None:
        self._unknown[paper_id] = self._clock()
        facts = {"action": "lookup_failed", "paper_id": paper_id}
        log.warning("The rating is stored, but its paper is not known: %s", why, extra=facts)

    def _missing(self) -> list[str]:
        rated = {paper_id for user in self._ratings.users() for paper_id in self._ratings.current(user)}
        lately = self._clock() - _UNKNOWN_AGAIN
        asked = {paper_id for paper_id, at in self._unknown.items() if at > lately}
        return sorted(rated - asked - self._metadata.has(rated))
