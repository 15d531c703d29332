"""Builds the site by itself when a day's picks are summarised; a build that fails is tried again, later each time."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from services.publisher.records.records import Records, picks_of
from services.publisher.site.building.build import Built, SiteBuilder
from services.publisher.site.building.builds import Builds
from services.publisher.site.building.content_files import content_stamp, last_change
from services.publisher.site.settings import SiteSettings
from shared.bus.delivery.disposition import Policy
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_TICK_SECONDS = 30.0
_DELAYS = Policy((60, 300, 900, 3_600))


class DailyBuild:
    """`run` looks twice a minute whether Markdown changed since the last build and the day is complete."""

    def __init__(
        self,
        data: DataFolder,
        records: Records,
        settings: SiteSettings,
        builder: SiteBuilder,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._records, self._settings, self._builder = records, settings, builder
        self._clock, self._sleep = clock, sleep
        self._content = data.path("site", "content")
        self._builds = Builds(data)
        self._failures = 0
        self._not_before = 0.0

    async def run(self) -> None:
        while True:
            await asyncio.to_thread(self.build_if_due)
            await self._sleep(_TICK_SECONDS)

    def build_if_due(self) -> None:
        if self._clock() < self._not_before or not self.is_due():
            return
        try:
            built = self._builder.build()
        except PapersysError as error:
            self._put_off(error)
        else:
            self._failures = 0
            _log_built(built)

    def is_due(self) -> bool:
        """Whether files changed, and those of the newest day are all there or nothing has changed for a while."""
        changed_at = last_change(self._content)
        if not changed_at or not self._has_changed():
            return False
        return self._is_complete() or self._clock() - changed_at >= 60 * self._settings.settle_minutes

    def _has_changed(self) -> bool:
        last = self._builds.published()
        return last is None or last[1].content != content_stamp(self._content)

    def _is_complete(self) -> bool:
        """Whether every pick of the newest day has a summary."""
        days = self._records.days()
        picks = [pick.paper_id for pick in picks_of(self._records.candidates(days[0]))] if days else []
        return len(self._records.summaries(picks)) == len(picks)

    def _put_off(self, error: PapersysError) -> None:
        self._failures += 1
        delay = _DELAYS.delay_after(self._failures)
        self._not_before = self._clock() + delay
        facts = {"action": "site_not_built", "retry_in_seconds": delay}
        log.warning("The site was not built; next attempt in %.0f min: %s", delay / 60, error, extra=facts)


def _log_built(built: Built) -> None:
    facts = {"action": "site_built", "made": built.made, "taken_over": built.taken_over}
    log.info("The site was built in %.1f s.", built.seconds, extra=facts)
    for file in built.left_out:
        log.warning("%s was left out of the site: %s", file.file, file.reason, extra={"action": "file_left_out"})
