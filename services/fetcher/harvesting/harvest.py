"""A harvest: everything that arXiv changed in a span of days, stored page by page, with an outcome at the end."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import date, datetime

from services.fetcher.arxiv.client import Arxiv
from services.fetcher.arxiv.repository import Repository
from services.fetcher.arxiv.sets import categories_in
from services.fetcher.harvesting.alone import alone
from services.fetcher.harvesting.audit_notes import AuditNotes
from services.fetcher.harvesting.backfill import current_from, since_of
from services.fetcher.harvesting.cursor import Cursor, FailedList, HarvestPlan
from services.fetcher.harvesting.cursor_store import CursorStore
from services.fetcher.harvesting.handover import Unannounced
from services.fetcher.harvesting.keeping import CountingKeeper, StoringKeeper
from services.fetcher.harvesting.list_reader import ListReader
from services.fetcher.harvesting.pages import HarvestPages, OnProgress
from services.fetcher.harvesting.progress import ProgressStore
from services.fetcher.harvesting.run_records import finished_record, new_run_id, record_of
from services.fetcher.harvesting.unreadable import UnreadableRecords
from services.fetcher.metadata.revisions import Catalogue
from shared.contracts import now as utc_now
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore

log = logging.getLogger(__name__)

FLUSH_PAPERS = 20_000
_OTHER_HARVEST_SECONDS = 30.0


class Harvester:
    """Runs harvests, one at a time over all processes."""

    def __init__(
        self,
        arxiv: Arxiv,
        catalogue: Catalogue,
        data: DataFolder,
        clock: Callable[[], datetime] = utc_now,
        flush_papers: int = FLUSH_PAPERS,
    ) -> None:
        self._arxiv = arxiv
        self._catalogue = catalogue
        self._runs = RunStore(data)
        self._cursors = CursorStore(data)
        self._progress = ProgressStore(data)
        self._audits = AuditNotes(data)
        self._unreadable = UnreadableRecords(data)
        self._lock_path = data.path("state", "fetcher", "harvest.lock")
        self._clock = clock
        self._keeper = StoringKeeper(self._cursors, catalogue, flush_papers)
        self.reader = ListReader(arxiv, Repository(arxiv, data, clock))
        self._pages = HarvestPages(arxiv, self.reader, catalogue, self._unreadable)

    def unfinished(self) -> list[HarvestPlan]:
        """The plans of harvests that were interrupted, oldest first; `run` with such a plan goes on."""
        return [cursor.plan for cursor in self._cursors.open_cursors()]

    def has_read_lists(self, plan: HarvestPlan, before: datetime) -> bool:
        """Whether `run` would go on with a harvest that began before then and has read some lists to their end."""
        return any(
            cursor.plan == plan and cursor.started_at < before and cursor.set_index > 0
            for cursor in self._cursors.open_cursors()
        )

    async def run(self, plan: HarvestPlan, report: OnProgress | None = None) -> HarvestRun:
        """Harvest, or go on with the same harvest where it was interrupted. The run's record says how it ended.

        Raises TemporaryFailure (the harvest goes on from here next time) and PermanentFailure.
        """
        with self._alone():
            cursor, unannounced = await asyncio.to_thread(self._resume_or_begin, plan)
            await self._record(record_of(cursor, state="running"))
            try:
                await self._pages.read(cursor, self._keeper, unannounced, self._clock().date(), report)
            except PapersysError as error:
                await self._give_up(cursor, error)
                raise
            run = await self._finish(cursor, unannounced)
        if run.state == "failed":
            raise PermanentFailure(run.outcome) if _failed_for_good(cursor) else TemporaryFailure(run.outcome)
        return run

    async def rehearse(self, plan: HarvestPlan, report: OnProgress | None = None) -> HarvestRun:
        """Read everything and store nothing; the record says what a harvest would do."""
        cursor = self._new_cursor(plan)
        nothing = Unannounced(self._cursors)
        await self._pages.read(cursor, CountingKeeper(), nothing, self._clock().date(), report)
        return finished_record(cursor, self._clock(), self._progress.get(), announces_withdrawn=True)

    def add_to_outcome(self, run: HarvestRun, remark: str) -> HarvestRun:
        """Say one more thing about a harvest that is done."""
        stored = self._runs.get(run.run_id) or run
        return self._runs.change(stored, outcome=f"{stored.outcome}; {remark}")

    # -- beginning and end

    def _resume_or_begin(self, plan: HarvestPlan) -> tuple[Cursor, Unannounced]:
        unfinished = self._cursors.open_cursors()
        cursor = next((cursor for cursor in unfinished if cursor.plan == plan), None)
        unannounced = Unannounced(self._cursors, [other for other in unfinished if other is not cursor])
        if cursor is None:
            return self._begin(plan), unannounced
        cursor.forget_token()
        self._cursors.load_pending(cursor)
        return cursor, unannounced

    def _begin(self, plan: HarvestPlan) -> Cursor:
        cursor = self._new_cursor(plan)
        self._cursors.begin(cursor)
        return cursor

    def _new_cursor(self, plan: HarvestPlan) -> Cursor:
        since = current_from(plan, self._progress.get(), self._clock().date())
        return Cursor(new_run_id(self._clock()), plan, self._clock(), current_from=since)

    async def _finish(self, cursor: Cursor, unannounced: Unannounced) -> HarvestRun:
        """The record near the end, the cursor last: killed in between, the end is done again with the same result."""
        await self._keeper.flush(cursor)
        run = finished_record(cursor, self._clock(), self._progress.get(), announces_withdrawn=False)
        await asyncio.to_thread(self._note_consequences, cursor, unannounced)
        await self._record(run)
        await asyncio.to_thread(self._progress.advance, cursor.plan, cursor.newest)
        self._cursors.end(cursor)
        log.info("Harvest finished: %s", run.outcome, extra={"action": "harvest_done", "run_id": run.run_id})
        return run

    def _note_consequences(self, cursor: Cursor, unannounced: Unannounced) -> None:
        """What other harvests, later ones and the audit have to know of this one."""
        unannounced.take_over(cursor)
        for number, failed in enumerate(cursor.failed):
            if not failed.is_final:
                self._cursors.begin_once(_rest(cursor, failed, number))
        if cursor.is_paged and not cursor.plan.limit:
            self._audits.add_due(HarvestPlan(cursor.first_day, cursor.plan.until_date, cursor.plan.categories))
        read_now = [paper_id for paper_id in self._unreadable.all() if cursor.has_seen(paper_id)]
        self._unreadable.note(cursor.lost.values(), read_now)

    async def _give_up(self, cursor: Cursor, error: PapersysError) -> None:
        """Leave the cursor for the next time."""
        words = self._arxiv.gate.problem() or str(error)
        with suppress(PapersysError):
            await self._keeper.flush(cursor)
        await self._record(record_of(cursor, state="failed", outcome=words, problem=str(error)))
        log.warning("Harvest interrupted: %s", words, extra={"action": "harvest_failed", "run_id": cursor.run_id})

    async def _record(self, run: HarvestRun) -> None:
        """Store a run's record; what was announced of it stays announced."""
        earlier = await asyncio.to_thread(self._runs.get, run.run_id)
        if earlier is not None:
            run = run.model_copy(update={"announced": earlier.announced})
        await asyncio.to_thread(self._runs.put, run)

    def _alone(self) -> AbstractContextManager[None]:
        return alone(self._lock_path, "Another harvest", _OTHER_HARVEST_SECONDS)


def _rest(cursor: Cursor, failed: FailedList, number: int) -> Cursor:
    """What is left of a list that failed, as a harvest of its own to go on with."""
    plan = cursor.plan
    if plan.ids:
        rest = HarvestPlan(plan.from_date, plan.until_date, plan.categories, ids=(failed.name,))
    else:
        categories = categories_in(failed.name, plan.categories)
        rest = HarvestPlan(date.fromisoformat(failed.from_date), plan.until_date, categories)
    return Cursor(f"{cursor.run_id}-{number}", rest, cursor.started_at, current_from=since_of(cursor))


def _failed_for_good(cursor: Cursor) -> bool:
    return all(failed.is_final for failed in cursor.failed)
