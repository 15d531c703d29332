"""The audit: arXiv's lists of identifiers against the store, and what is missing fetched.

Paging through arXiv is no snapshot, so a long harvest can miss a paper that moved meanwhile. The list of identifiers
comes in pages of 20,000, which makes it cheap to compare. A few papers are fetched one by one; where a day misses many,
that day is harvested again.
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from services.fetcher.arxiv.oai import OaiRecord
from services.fetcher.harvesting.audit_notes import AuditNotes
from services.fetcher.harvesting.cursor import Cursor, HarvestPlan
from services.fetcher.harvesting.harvest import Harvester
from services.fetcher.harvesting.list_reader import ListFailed, lists_of
from services.fetcher.harvesting.unreadable import UnreadableRecords
from services.fetcher.scheduling.context import FetcherContext
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.harvests.runs import HarvestRun, RunStore

log = logging.getLogger(__name__)

BACKFILL_PAPERS = 10_000
_EVERY = timedelta(days=7)
_ONE_BY_ONE = 100
_DAYS_BETWEEN = 3


@dataclass(frozen=True)
class AuditReport:
    """What an audit found: how many papers arXiv lists, those that were not stored, and those that cannot be read."""

    plan: HarvestPlan
    listed: int
    missing: tuple[str, ...]
    fetched: int = 0
    unreadable: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "; ".join([self._missing_text(), *self._failure_texts()])

    def _missing_text(self) -> str:
        span = f"since {self.plan.from_date}" + (f" to {self.plan.until_date}" if self.plan.until_date else "")
        if not self.missing:
            stored = f"{self.listed - len(self.unreadable)} of" if self.unreadable else "all"
            return f"audit: {stored} {self.listed} papers listed by arXiv {span} are stored"
        fetched = "all now fetched" if self.fetched == len(self.missing) else f"{self.fetched} now fetched"
        return f"audit: {len(self.missing)} of {self.listed} papers listed by arXiv {span} were missing, {fetched}"

    def _failure_texts(self) -> list[str]:
        named = ", ".join(self.unreadable[:10]) + (" ..." if len(self.unreadable) > 10 else "")
        cannot = [f"{len(self.unreadable)} could not be read: {named}"] if self.unreadable else []
        return [*cannot, *self.failed]


class Auditor:
    """Compares and fetches, each week and after harvests that were paged through."""

    def __init__(self, context: FetcherContext, harvester: Harvester) -> None:
        self._catalogue = context.catalogue
        self._harvester = harvester
        self._settings = context.settings
        self._runs = RunStore(context.data)
        self._notes = AuditNotes(context.data)
        self._unreadable = UnreadableRecords(context.data)
        self._clock = context.clock

    async def run(self, plan: HarvestPlan) -> AuditReport:
        """Compare and fetch. What is missing comes in harvests of its own, which a kill does not lose.

        Raises TemporaryFailure (call again), and PermanentFailure where arXiv has none of the lists.
        """
        listed, missing, failed = 0, dict[str, date](), list[str]()
        async for records in self._listed(plan, failed):
            listed += len(records)
            stored = await self._catalogue.has([record.paper_id for record in records])
            missing.update((record.paper_id, record.datestamp) for record in records if record.paper_id not in stored)
        unreadable = [name for name, day in missing.items() if self._unreadable.has(name, day.isoformat())]
        for paper_id in unreadable:
            del missing[paper_id]
        for part in plans_for(missing, plan, self._clock().date()):
            await self._harvester.run(part)
        now_stored = await self._catalogue.has(missing)
        unreadable += [paper_id for paper_id in self._unreadable.all() if paper_id in missing.keys() - now_stored]
        report = AuditReport(plan, listed, tuple(missing), len(now_stored), tuple(unreadable), tuple(failed))
        self._notes.note(self._clock())
        log.info("%s", report, extra={"action": "audited"})
        return report

    async def after(self, run: HarvestRun) -> HarvestRun:
        """Audit where a harvest was paged through or was a backfill, or the last audit is a week ago; the outcome
        tells the result where it is of interest."""
        for plan, is_reported in self._due(run):
            try:
                report = await self.run(plan)
            except TemporaryFailure as failure:
                return self._harvester.add_to_outcome(run, f"audit postponed: {failure}")
            except PermanentFailure as failure:
                run = self._harvester.add_to_outcome(run, f"audit not possible: {failure}")
            else:
                if is_reported or report.missing or report.unreadable:
                    run = self._harvester.add_to_outcome(run, str(report))
            self._notes.done(plan)
        return run

    def whole_plan(self) -> HarvestPlan:
        """Everything that harvests of these categories have reached."""
        return HarvestPlan(self._reached(), None, self._settings.categories)

    def _due(self, run: HarvestRun) -> Iterator[tuple[HarvestPlan, bool]]:
        """Which spans to audit now, and whether to say so where nothing is missing."""
        spans = dict.fromkeys(self._notes.due(), False)
        if run.from_date is not None and run.size + run.known + run.filtered >= BACKFILL_PAPERS:
            spans[HarvestPlan(run.from_date, run.until_date, run.categories)] = True
        last = self._notes.last()
        if last is None:
            self._notes.note(self._clock())
        elif self._clock() - last >= _EVERY:
            spans[self.whole_plan()] = True
        yield from spans.items()

    async def _listed(self, plan: HarvestPlan, failed: list[str]) -> AsyncIterator[list[OaiRecord]]:
        """What each page lists. A list that cannot be read is noted in `failed`; the only one ends the audit."""
        lists = lists_of(plan)
        cursor = Cursor("", plan, self._clock())
        while cursor.set_index < len(lists):
            try:
                async for page in self._harvester.reader.pages(cursor, lists[cursor.set_index], "ListIdentifiers"):
                    yield [record for record in page.records if not record.deleted]
                    cursor.turn(page.resumption_token, max((record.datestamp for record in page.records), default=None))
            except ListFailed as error:
                if len(lists) == 1:
                    raise (PermanentFailure if error.is_final else TemporaryFailure)(str(error)) from error
                failed.append(f"not audited: {error}")
                cursor.leave_list()

    def _reached(self) -> date:
        return min(_first_days(self._runs.all(), self._settings.categories), default=self._clock().date())


def plans_for(missing: Mapping[str, date], audited: HarvestPlan, today: date) -> list[HarvestPlan]:
    """How to fetch missing papers, each with the day of its datestamp: days that miss many as spans of days, the rest
    one by one. A span costs a request a list, a paper one."""
    days = Counter(missing.values()) if len(missing) > _ONE_BY_ONE else Counter[date]()
    lists = len(lists_of(audited))
    spans = list(_spans(day for day, papers in days.items() if papers > lists))
    rest = tuple(name for name, day in missing.items() if not any(first <= day <= last for first, last in spans))
    plans = [HarvestPlan(first, last, audited.categories) for first, last in spans]
    until = audited.until_date or today
    return plans + ([HarvestPlan(audited.from_date, until, audited.categories, ids=rest)] if rest else [])


def _spans(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Days that follow each other, weekends left out of account, as one span."""
    ordered = sorted(days)
    breaks = [at for at, (day, later) in enumerate(pairwise(ordered), 1) if (later - day).days > _DAYS_BETWEEN]
    for start, end in pairwise([0, *breaks, len(ordered)]):
        if start < end:
            yield ordered[start], ordered[end - 1]


def _first_days(runs: Iterable[HarvestRun], categories: tuple[str, ...]) -> Iterable[date]:
    for run in runs:
        if run.state == "done" and run.from_date is not None and run.categories == categories:
            yield run.from_date
