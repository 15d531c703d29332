"""Metadata of papers that were rated but never harvested: requested until it is there, however long arXiv is away.

What is missing follows from the stores alone, so nothing has to be remembered across a restart.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from services.feedback.importing.importer import events_of
from services.feedback.importing.waiting import WaitingRatings
from shared.bus.bus import Bus
from shared.bus.delivery.disposition import Policy
from shared.contracts import Lookup, PapersNew, now
from shared.errors import RequestFailed, TemporaryFailure
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore

log = logging.getLogger(__name__)

_PAPERS_A_REQUEST = 10
"""As many as a request has time for, at three seconds a paper."""
_DELAYS = Policy((5, 15, 60, 300, 900))
_CHECK_SECONDS = 3_600.0
_LOOK_SECONDS = 5.0
"""How often it is looked whether an import, which runs in a process of its own, has stored anything."""
_RETRY_UNKNOWN_AFTER = timedelta(days=1)


class Lookups:
    """`notice` says that there are new ratings; `run` asks in the background."""

    def __init__(
        self,
        bus: Bus,
        ratings: RatingStore,
        metadata: MetadataStore,
        clock: Callable[[], datetime] = now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        waiting: WaitingRatings | None = None,
    ) -> None:
        self._bus = bus
        self._waiting = waiting
        self._ratings = ratings
        self._metadata = metadata
        self._clock = clock
        self._sleep = sleep
        self._new_ratings = asyncio.Event()
        self._unknown: dict[str, datetime] = {}

    def notice(self) -> None:
        """There are new ratings."""
        self._new_ratings.set()

    async def run(self) -> None:
        """Ask at once, when there are new ratings and hourly.

        After a failure when the reply says, else after growing delays.
        """
        failures = 0
        while True:
            self._new_ratings.clear()
            before = self._fingerprint()
            try:
                await self.complete()
            except RequestFailed as error:
                failures += 1
                requested = error.retry_in_seconds
                wait = _DELAYS.delay_after(failures) if requested is None else _DELAYS.wait_for(requested)
                log.warning("Rated papers wait for their metadata: %s", error, extra={"action": "lookups_wait"})
                await self._sleep(wait)
            else:
                failures = 0
                await self._something_new(before)

    async def _something_new(self, before: str) -> None:
        """Wait for a notice, for ratings that another process stored since `before`, or for an hour."""
        for _ in range(int(_CHECK_SECONDS / _LOOK_SECONDS)):
            if self._new_ratings.is_set() or self._fingerprint() != before:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._new_ratings.wait(), _LOOK_SECONDS)

    def _fingerprint(self) -> str:
        waiting = self._waiting.fingerprint() if self._waiting is not None else ""
        return f"{self._ratings.fingerprint()} {waiting}"

    async def complete(self) -> None:
        """Ask once for everything missing. Raises RequestFailed, after all requests, where a retry may help."""
        missing = await asyncio.to_thread(self._missing)
        failure: RequestFailed | None = None
        for start in range(0, len(missing), _PAPERS_A_REQUEST):
            try:
                await self._ask(missing[start : start + _PAPERS_A_REQUEST])
            except RequestFailed as error:
                failure = error
                if error.retry_in_seconds is not None:
                    break
        await self._store_waiting()
        if failure is not None:
            raise failure

    async def _store_waiting(self) -> None:
        """Imported ratings whose damaged id proved to be that of a paper become ratings like any other."""
        if self._waiting is None:
            return
        found = await asyncio.to_thread(self._metadata.has, self._waiting.paper_ids())
        if not found:
            return
        ratings = self._waiting.ratings(found)
        await asyncio.to_thread(self._ratings.append, ratings)
        await asyncio.to_thread(self._waiting.remove, found)
        log.info("Stored %d imported ratings whose ids were repaired.", len(ratings), extra={"action": "ids_repaired"})
        with contextlib.suppress(TemporaryFailure):  # they are stored; who learns from them looks by himself
            for event in events_of(ratings):
                await self._bus.publish(event)

    async def _ask(self, paper_ids: Sequence[str]) -> None:
        """One request; where it is refused for good, a request per paper, so that a bad paper fails alone."""
        try:
            reply = await self._bus.ask(Lookup(paper_ids=tuple(paper_ids)))
        except RequestFailed as error:
            if error.retryable:
                raise
            if len(paper_ids) == 1:
                self._record_unknown(paper_ids[0], str(error))
                return
            for paper_id in paper_ids:
                await self._ask([paper_id])
        else:
            for paper_id, why in reply.missing.items():
                self._record_unknown(paper_id, why)
            await self._announce(reply.found)

    async def _announce(self, paper_ids: Sequence[str]) -> None:
        """Have what was found embedded now, as a backfill: a rating teaches nothing before its paper has a vector."""
        if not paper_ids:
            return
        try:
            await self._bus.publish(PapersNew(paper_ids=tuple(paper_ids), backfill=True))
        except TemporaryFailure as error:
            facts = {"action": "lookup_not_announced"}
            log.warning("Looked-up papers wait for the embedder's own round: %s", error, extra=facts)

    def _record_unknown(self, paper_id: str, why: str) -> None:
        self._unknown[paper_id] = self._clock()
        if self._waiting is not None:
            self._waiting.refuse(paper_id, why)
        facts = {"action": "lookup_failed", "paper_id": paper_id}
        log.warning("The rating is stored, but its paper could not be looked up: %s", why, extra=facts)

    def _missing(self) -> list[str]:
        rated = {paper_id for user in self._ratings.users() for paper_id in self._ratings.current(user)}
        rated |= self._waiting.paper_ids() if self._waiting is not None else set()
        since = self._clock() - _RETRY_UNKNOWN_AFTER
        unknown = {paper_id for paper_id, at in self._unknown.items() if at > since}
        return sorted(rated - unknown - self._metadata.has(rated))
