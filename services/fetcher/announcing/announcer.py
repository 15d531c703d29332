"""Empties the outbox of harvests in the background, as soon as NATS can be reached."""

import asyncio
import logging

from services.fetcher.announcing.outbox import Outbox
from shared.errors import TemporaryFailure

log = logging.getLogger(__name__)

_WAITS_SECONDS = (0.5, 1, 2, 5, 10, 30)
_LOOK_SECONDS = 60.0


class Announcer:
    """One task that lives as long as the service."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._news = asyncio.Event()

    def wake(self) -> None:
        """A harvest is done."""
        self._news.set()

    async def run(self) -> None:
        """Publish whatever there is, for ever; looks each minute for harvests that other processes made."""
        while True:
            self._news.clear()
            await self._empty()
            try:
                await asyncio.wait_for(self._news.wait(), _LOOK_SECONDS)
            except TimeoutError:
                continue

    async def _empty(self) -> None:
        for failures in range(1_000_000):
            try:
                published = await self._outbox.empty()
            except TemporaryFailure:
                await asyncio.sleep(_WAITS_SECONDS[min(failures, len(_WAITS_SECONDS) - 1)])
            except Exception:
                log.exception("The outbox could not be read.", extra={"action": "outbox_broke"})
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                if published:
                    log.info("Announced %d events.", published, extra={"action": "announced"})
                return
