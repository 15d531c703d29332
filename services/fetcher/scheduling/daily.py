"""The daily harvest: everything since the last harvested day, an audit if due, and then what was interrupted before."""

import logging
from datetime import datetime, timedelta

from services.fetcher.arxiv.announcement_calendar import EASTERN, why_nothing_new
from services.fetcher.arxiv.feeds import feed_path, parse_feed
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.harvesting.harvest import Harvester
from services.fetcher.harvesting.pages import OnProgress
from services.fetcher.harvesting.progress import ProgressStore, daily_plan
from services.fetcher.scheduling.audit import Auditor
from services.fetcher.scheduling.context import FetcherContext
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.harvests.runs import HarvestRun

log = logging.getLogger(__name__)

_FRESH_FOR = timedelta(hours=1)


class DailyHarvest:
    """What the schedule runs, and what `fetch` without dates does."""

    def __init__(self, context: FetcherContext, harvester: Harvester, auditor: Auditor) -> None:
        self._harvester = harvester
        self._progress = ProgressStore(context.data)
        self._settings = context.settings
        self._auditor = auditor
        self._arxiv = context.arxiv
        self._catalogue = context.catalogue
        self._clock = context.clock
        self._fresh: HarvestRun | None = None
        self._asked_at: datetime | None = None

    def plan(self) -> HarvestPlan:
        return daily_plan(self._settings, self._progress.get(), self._clock().astimezone(EASTERN).date())

    async def run(self, report: OnProgress | None = None) -> HarvestRun:
        """Today's harvest, then the interrupted ones. Raises TemporaryFailure (call again) and PermanentFailure.

        Where one of those has to wait, today's is not asked for again with each call for it.
        """
        self._asked_at = self._asked_at or self._clock()
        try:
            run = self._fresh = self._just_done() or await self.today(report)
        except PermanentFailure:
            await self.go_on(report)
            raise
        await self.go_on(report)
        self._fresh = self._asked_at = None
        return run

    async def today(self, report: OnProgress | None = None) -> HarvestRun:
        """Everything that arXiv announced until now. Raises TemporaryFailure (call again) and PermanentFailure.

        Where this goes on with an earlier harvest, lists that it had read by then may have grown: they are asked again.
        """
        plan = self._plan_of_today()
        is_stale = self._harvester.has_read_lists(plan, before=self._asked_at or self._clock())
        run = await self._harvest(plan, report)
        later = await self._harvest(self._plan_of_today(), report) if is_stale else run
        return later if later.size else run

    async def _harvest(self, plan: HarvestPlan, report: OnProgress | None) -> HarvestRun:
        run = await self._harvester.run(plan, report)
        return await self._auditor.after(await self._explained(run))

    async def go_on(self, report: OnProgress | None = None) -> None:
        """Go on with harvests that were interrupted; one that fails keeps none of the others waiting.

        Raises the last TemporaryFailure.
        """
        waiting: TemporaryFailure | None = None
        for plan in self._harvester.unfinished():
            try:
                await self._auditor.after(await self._harvester.run(plan, report))
            except TemporaryFailure as failure:
                waiting = failure
            except PermanentFailure as failure:
                log.error("Gave up an interrupted harvest: %s", failure, extra={"action": "harvest_given_up"})
        if waiting is not None:
            raise waiting

    def _just_done(self) -> HarvestRun | None:
        """Today's harvest, where it was done within the hour and only interrupted ones were left to go on with."""
        run = self._fresh
        is_fresh = run is not None and run.finished_at is not None and self._clock() - run.finished_at < _FRESH_FOR
        return run if is_fresh else None

    def _plan_of_today(self) -> HarvestPlan:
        """The present plan; at first, the interrupted one that covers it."""
        plan = self.plan()
        if self._progress.get() is not None:
            return plan
        covering = [other for other in self._harvester.unfinished() if _covers(other, plan)]
        return covering[-1] if covering else plan

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
            return self._harvester.add_to_outcome(run, f"today's feed announces {feed}")
        missing = f"OAI-PMH does not list {unseen} of them yet, the next harvest will ask again"
        return self._harvester.add_to_outcome(run, f"today's feed announces {feed}; {missing}")


def _covers(plan: HarvestPlan, other: HarvestPlan) -> bool:
    is_open = plan.until_date is None and plan.limit is None and not plan.ids
    return is_open and plan.categories == other.categories and plan.from_date <= other.from_date
