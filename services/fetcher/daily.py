"""The daily harvest: first what was interrupted, then everything since the last harvested day, then an audit if due."""

from collections.abc import Callable
from datetime import datetime

from services.fetcher.audit import Auditor
from services.fetcher.calendar import EASTERN
from services.fetcher.cursor import Plan
from services.fetcher.harvest import Harvester, Report
from services.fetcher.progress import ProgressStore, daily_plan
from services.fetcher.settings import FetcherSettings
from shared.contracts import now as utc_now
from shared.store.files import DataFolder
from shared.store.runs import HarvestRun


class Daily:
    """What the schedule runs, and what `fetch` without dates does."""

    def __init__(
        self,
        harvester: Harvester,
        data: DataFolder,
        settings: FetcherSettings,
        auditor: Auditor,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._harvester = harvester
        self._progress = ProgressStore(data)
        self._settings = settings
        self._auditor = auditor
        self._clock = clock

    def plan(self) -> Plan:
        return daily_plan(self._settings, self._progress.get(), self._clock().astimezone(EASTERN).date())

    async def run(self, report: Report | None = None) -> HarvestRun:
        """Raises TemporaryFailure (call again) and PermanentFailure."""
        resumed = [await self._harvester.run(plan, report) for plan in self._harvester.unfinished()]
        up_to_date = [run for run in resumed if run.until_date is None and run.categories == self._settings.categories]
        run = up_to_date[-1] if up_to_date else await self._harvester.run(self.plan(), report)
        return await self._auditor.after(run)
