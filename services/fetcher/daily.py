"""The daily harvest: first what was interrupted, then everything since the last harvested day, then an audit if due."""

from collections.abc import Callable
from datetime import datetime

from services.fetcher.arxiv import Arxiv
from services.fetcher.audit import Auditor
from services.fetcher.calendar import EASTERN, why_nothing_new
from services.fetcher.catalogue import Catalogue
from services.fetcher.cursor import Plan
from services.fetcher.feeds import feed_path, parse_feed
from services.fetcher.harvest import Harvester, Report
from services.fetcher.progress import ProgressStore, daily_plan
from services.fetcher.settings import FetcherSettings
from shared.contracts import now as utc_now
from shared.errors import TemporaryFailure
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
        arxiv: Arxiv,
        catalogue: Catalogue,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._harvester = harvester
        self._progress = ProgressStore(data)
        self._settings = settings
        self._auditor = auditor
        self._arxiv = arxiv
        self._catalogue = catalogue
        self._clock = clock

    def plan(self) -> Plan:
        return daily_plan(self._settings, self._progress.get(), self._clock().astimezone(EASTERN).date())

    async def run(self, report: Report | None = None) -> HarvestRun:
        """Raises TemporaryFailure (call again) and PermanentFailure."""
        resumed = [await self._harvester.run(plan, report) for plan in self._harvester.unfinished()]
        up_to_date = [run for run in resumed if run.until_date is None and run.categories == self._settings.categories]
        run = up_to_date[-1] if up_to_date else await self._harvester.run(self.plan(), report)
        return await self._auditor.after(await self._explained(run))

    async def _explained(self, run: HarvestRun) -> HarvestRun:
        """Where nothing came on a day with an announcement, say what the day's feed announces that we do not have."""
        if run.size or run.filtered or not run.categories or why_nothing_new(self._clock()):
            return run
        try:
            feed = await self._arxiv.feed(feed_path(run.categories), parse_feed)
        except TemporaryFailure:
            return run
        announced = feed.ids("new", "cross")
        unseen = len(set(announced) - await self._catalogue.has(announced))
        if not unseen:
            return self._harvester.add_to_verdict(run, f"the day's feed announces {feed}")
        words = (
            f"the day's feed announces {feed}; {unseen} of them OAI-PMH does not list yet, the next harvest asks again"
        )
        return self._harvester.add_to_verdict(run, words)
