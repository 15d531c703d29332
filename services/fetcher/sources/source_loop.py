"""When another server is harvested: every so many hours since the last time, and after growing waits where it fails."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from services.fetcher.arxiv.wait_words import wait_words
from services.fetcher.sources.source_harvest import SourceHarvest
from services.fetcher.sources.source_outbox import SourceOutbox
from shared.bus.bus import Bus
from shared.contracts import now as utc_now
from shared.errors import PermanentFailure, TemporaryFailure

log = logging.getLogger(__name__)

_LOOK_SECONDS = 30.0
_LONGEST_WAIT_SECONDS = 3_600.0


class SourceLoop:
    """One task for each server, so that none holds up another, nor arXiv."""

    def __init__(
        self,
        harvest: SourceHarvest,
        outbox: SourceOutbox,
        bus: Bus,
        every_hours: float,
        failure_waits_seconds: Sequence[float],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._harvest, self._outbox, self._bus = harvest, outbox, bus
        self._every, self._waits, self._clock = timedelta(hours=every_hours), failure_waits_seconds, clock
        self._failures = 0
        self._not_before: datetime | None = None

    async def run(self) -> None:
        """Work until cancelled; a cancellation ends what is under way, and the next start goes on."""
        while True:
            if self.is_due():
                await self._try()
            await self._publish()
            await asyncio.sleep(_LOOK_SECONDS)

    def is_due(self) -> bool:
        """Whether the time has come. A last harvest that lies in the future, by a clock that was wrong, counts not."""
        now = self._clock()
        if self._not_before is not None and now < self._not_before <= now + timedelta(seconds=_LONGEST_WAIT_SECONDS):
            return False
        last = self._harvest.state().harvested_at
        return last is None or last > now + timedelta(hours=1) or now - last >= self._every

    async def _try(self) -> None:
        label = self._harvest.source.label
        try:
            await self._harvest.run()
        except TemporaryFailure as failure:
            self._wait_for(failure.retry_in_seconds, str(failure))
        except PermanentFailure as failure:
            self._wait_for(_LONGEST_WAIT_SECONDS, str(failure))
        except Exception:
            log.exception("The harvest of %s failed.", label, extra={"action": "source_broke", "source": label})
            self._wait_for(None, "see the lines above")
        else:
            self._failures, self._not_before = 0, None

    def _wait_for(self, asked_seconds: float | None, problem: str) -> None:
        wait = self._waits[min(self._failures, len(self._waits) - 1)] if asked_seconds is None else asked_seconds
        wait = min(wait, _LONGEST_WAIT_SECONDS)
        self._failures += 1
        self._not_before = self._clock() + timedelta(seconds=wait)
        label = self._harvest.source.label
        text = "%s is asked again in %s: %s"
        log.warning(text, label, wait_words(wait), problem, extra={"action": "source_waits"})

    async def _publish(self) -> None:
        try:
            published = await self._outbox.empty(self._bus)
        except TemporaryFailure:
            return  # NATS is away; the next look tries again
        if published:
            label = self._harvest.source.label
            log.info("Announced %d events of %s.", published, label, extra={"action": "announced"})
