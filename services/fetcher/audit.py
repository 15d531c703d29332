"""The audit: arXiv's lists of identifiers against the store; what is missing is fetched paper by paper.

Paging through arXiv is no snapshot, so a long harvest can miss a paper that moved meanwhile. The list of identifiers
comes in pages of 20,000, which makes it cheap to compare.
"""

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.fetcher.arxiv import Arxiv
from services.fetcher.catalogue import Catalogue
from services.fetcher.cursor import Cursor, Plan
from services.fetcher.harvest import Harvester
from services.fetcher.listing import arguments, is_to_be_asked_again, lists_of
from services.fetcher.oai import parse
from services.fetcher.settings import FetcherSettings
from shared.contracts import now as utc_now
from shared.errors import TemporaryFailure
from shared.store.files import DataFolder
from shared.store.runs import HarvestRun, RunStore

log = logging.getLogger(__name__)

BACKFILL_PAPERS = 10_000
_EVERY = timedelta(days=7)


@dataclass(frozen=True)
class Finding:
    """What an audit found: how many papers arXiv lists, and those that were not stored."""

    plan: Plan
    listed: int
    missing: tuple[str, ...]
    fetched: int = 0

    def __str__(self) -> str:
        span = f"since {self.plan.from_date}" + (f" to {self.plan.until_date}" if self.plan.until_date else "")
        if not self.missing:
            return f"audit: all {self.listed} papers that arXiv lists {span} are stored"
        fetched = "all fetched now" if self.fetched == len(self.missing) else f"{self.fetched} fetched now"
        return f"audit: {len(self.missing)} of {self.listed} papers that arXiv lists {span} were missing, {fetched}"


class Auditor:
    """Compares and fetches. `state/fetcher/audit.json` says when last."""

    def __init__(
        self,
        arxiv: Arxiv,
        catalogue: Catalogue,
        harvester: Harvester,
        data: DataFolder,
        settings: FetcherSettings,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._arxiv = arxiv
        self._catalogue = catalogue
        self._harvester = harvester
        self._data = data
        self._settings = settings
        self._runs = RunStore(data)
        self._path = data.path("state", "fetcher", "audit.json")
        self._clock = clock

    async def run(self, plan: Plan) -> Finding:
        """Compare and fetch. What is missing comes in a harvest of its own, which a kill does not lose.

        Raises TemporaryFailure (call again).
        """
        listed, missing = 0, dict[str, None]()
        async for ids in self._listed(plan):
            listed += len(ids)
            stored = await self._catalogue.has(ids)
            missing.update((paper_id, None) for paper_id in ids if paper_id not in stored)
        fetched = 0
        if missing:
            until = plan.until_date or self._clock().date()
            fetched = (await self._fetch(Plan(plan.from_date, until, plan.categories, ids=tuple(missing)))).size
        finding = Finding(plan, listed, tuple(missing), fetched)
        self._note()
        log.info("%s", finding, extra={"action": "audited"})
        return finding

    async def after(self, run: HarvestRun) -> HarvestRun:
        """Audit where a harvest was a backfill, or the last audit is a week ago; the verdict tells the result."""
        plan = self._due(run)
        if plan is None:
            return run
        try:
            said = str(await self.run(plan))
        except TemporaryFailure as failure:
            said = f"the audit waits: {failure}"
        return self._harvester.add_to_verdict(run, said)

    def whole_plan(self) -> Plan:
        """Everything that harvests of these categories have reached."""
        return Plan(self._reached(), None, self._settings.categories)

    def _due(self, run: HarvestRun) -> Plan | None:
        if run.from_date is not None and run.size + run.known + run.filtered >= BACKFILL_PAPERS:
            return Plan(run.from_date, run.until_date, run.categories)
        last = self._last()
        if last is None:
            self._note()
        return self.whole_plan() if last is not None and self._clock() - last >= _EVERY else None

    async def _fetch(self, plan: Plan) -> HarvestRun:
        return await self._harvester.run(plan)

    async def _listed(self, plan: Plan) -> AsyncIterator[list[str]]:
        """The ids of each page; a list that breaks off begins again at its last safe day."""
        lists = lists_of(plan)
        cursor = Cursor("", plan, self._clock())
        while cursor.set_index < len(lists):
            asked = arguments(cursor, lists[cursor.set_index], "ListIdentifiers")
            page = await self._arxiv.oai(asked, parse)
            if page.error is not None and is_to_be_asked_again(page.error, cursor):
                continue
            yield [record.paper_id for record in page.records if not record.deleted]
            cursor.turn(page.resumption_token, max((record.datestamp for record in page.records), default=None))

    def _reached(self) -> date:
        return min(_first_days(self._runs.all(), self._settings.categories), default=self._clock().date())

    def _last(self) -> datetime | None:
        try:
            return datetime.fromisoformat(json.loads(self._path.read_text("utf-8"))["at"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def _note(self) -> None:
        self._data.write_text(self._path, json.dumps({"at": self._clock().isoformat()}) + "\n")


def _first_days(runs: Iterable[HarvestRun], categories: tuple[str, ...]) -> Iterable[date]:
    for run in runs:
        if run.state == "done" and run.from_date is not None and run.categories == categories:
            yield run.from_date
