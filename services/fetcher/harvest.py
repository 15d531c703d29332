"""A harvest: everything that arXiv changed in a span of days, stored page by page, with a verdict at the end."""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from filelock import FileLock, Timeout

from services.fetcher.arxiv import Arxiv
from services.fetcher.backfill import by_days, current_from, since_of
from services.fetcher.catalogue import Catalogue
from services.fetcher.cursor import Cursor, CursorStore, PageNote, Plan
from services.fetcher.listing import arguments, is_to_be_asked_again, lists_of, share_done
from services.fetcher.oai import Page, Record, parse
from services.fetcher.progress import ProgressStore
from services.fetcher.sets import is_within
from services.fetcher.verdict import verdict_of
from shared.contracts import now as utc_now
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from shared.store.files import DataFolder
from shared.store.metadata import Paper
from shared.store.paper_rows import cut_rows, encode_rows, utf8_of
from shared.store.runs import HarvestRun, RunStore

log = logging.getLogger(__name__)

FOLD_PAPERS = 20_000
_OTHER_HARVEST_SECONDS = 30.0


@dataclass(frozen=True)
class Step:
    """How far a harvest has come; the time left is an estimate by days, or by papers where their number is known."""

    pages: int
    papers: int
    new: int
    day: str
    seconds: float
    left_seconds: float | None = None


Report = Callable[[Step], None]
Keep = Callable[[Cursor, PageNote, tuple[Paper, ...]], Awaitable[None]]


class Harvester:
    """Runs harvests, one at a time over all processes."""

    def __init__(
        self,
        arxiv: Arxiv,
        catalogue: Catalogue,
        data: DataFolder,
        clock: Callable[[], datetime] = utc_now,
        fold_papers: int = FOLD_PAPERS,
    ) -> None:
        self._arxiv = arxiv
        self._catalogue = catalogue
        self._runs = RunStore(data)
        self._cursors = CursorStore(data)
        self._progress = ProgressStore(data)
        self._lock_path = data.path("state", "fetcher", "harvest.lock")
        self._clock = clock
        self._fold_papers = fold_papers

    def unfinished(self) -> list[Plan]:
        """The plans of harvests that were interrupted, oldest first; `run` with such a plan goes on."""
        return [cursor.plan for cursor in self._cursors.open_cursors()]

    async def run(self, plan: Plan, report: Report | None = None) -> HarvestRun:
        """Harvest, or go on with the same harvest where it was interrupted. The run's record says how it ended.

        Raises TemporaryFailure (the harvest goes on from here next time) and PermanentFailure.
        """
        with self._alone():
            cursor = self._interrupted(plan) or self._begin(plan)
            await self._record(_record(cursor, state="running"))
            try:
                await self._read(cursor, self._keep, report)
            except PapersysError as error:
                await self._give_up(cursor, error)
                raise
            return await self._finish(cursor)

    async def rehearse(self, plan: Plan, report: Report | None = None) -> HarvestRun:
        """Read everything and store nothing; the record says what a harvest would do."""
        cursor = self._new_cursor(plan)

        async def keep_nothing(cursor: Cursor, page: PageNote, papers: tuple[Paper, ...]) -> None:
            cursor.noting(page)
            cursor.advance(page)

        await self._read(cursor, keep_nothing, report)
        return self._done(cursor, cursor.new, cursor.revised)

    def add_to_verdict(self, run: HarvestRun, said: str) -> HarvestRun:
        """Say one more thing about a harvest that is done."""
        stored = self._runs.get(run.run_id) or run
        return self._runs.change(stored, verdict=f"{stored.verdict}; {said}")

    # -- pages

    async def _read(self, cursor: Cursor, keep: Keep, report: Report | None) -> None:
        started, pages = time.monotonic(), 0
        lists = lists_of(cursor.plan)
        today = self._clock().date()
        before = share_done(cursor, len(lists), today)
        while cursor.set_index < len(lists) and not _is_full(cursor):
            page = await self._arxiv.oai(arguments(cursor, lists[cursor.set_index]), parse)
            if page.error is not None and is_to_be_asked_again(page.error, cursor):
                continue
            note, papers = await self._sort(cursor, page)
            await keep(cursor, note, papers)
            pages += 1
            if report is not None:
                seconds = time.monotonic() - started
                done = share_done(cursor, len(lists), today)
                left = seconds * (1 - done) / (done - before) if done > before else None
                report(Step(pages, cursor.seen, len(cursor.new), str(cursor.newest or ""), seconds, left))

    async def _sort(self, cursor: Cursor, page: Page) -> tuple[PageNote, tuple[Paper, ...]]:
        for problem in page.problems:
            log.warning("arXiv sent something odd: %s", problem, extra={"action": "odd_record"})
        records = _within_limit(cursor, [record for record in page.records if record.paper is not None])
        found = [record.paper for record in records if record.paper is not None]
        kinds = await self._catalogue.sort(found, cursor.pending)
        new = cursor.first_sight(kinds.new)
        days = {record.paper_id: record.datestamp.isoformat() for record in records}
        primaries = {paper.paper_id: paper.primary_category for paper in found}
        note = PageNote(
            set_index=cursor.set_index,
            next_token=page.resumption_token,
            new=new,
            revised=cursor.first_sight(kinds.revised),
            known=cursor.first_sight(kinds.known),
            withdrawn=tuple(paper.paper_id for paper in found if paper.withdrawn),
            newest=max((record.datestamp.isoformat() for record in records), default=""),
            cross=sum(not is_within(primaries[paper_id], cursor.plan.categories) for paper_id in new),
            days={paper_id: days[paper_id] for paper_id in (*kinds.new, *kinds.revised)},
        )
        return note, kinds.papers

    async def _keep(self, cursor: Cursor, note: PageNote, papers: tuple[Paper, ...]) -> None:
        """Keep the page beside the cursor, and all kept pages in the store when there are enough of them."""
        await asyncio.to_thread(self._note, cursor, note, papers)
        cursor.noting(note)
        cursor.advance(note)
        if len(cursor.pending) >= self._fold_papers:
            await self._fold(cursor)

    def _note(self, cursor: Cursor, note: PageNote, papers: tuple[Paper, ...]) -> None:
        rows = utf8_of(encode_rows(papers, cursor.started_at))
        self._cursors.note(cursor, note, dict(cut_rows(rows)))

    async def _fold(self, cursor: Cursor) -> None:
        if cursor.pending:
            await self._catalogue.put_rows(cursor.pending)
            await asyncio.to_thread(self._cursors.folded, cursor)

    # -- beginning and end

    def _interrupted(self, plan: Plan) -> Cursor | None:
        found = next((cursor for cursor in self._cursors.open_cursors() if cursor.plan == plan), None)
        if found is not None:
            self._cursors.load_pending(found)
        return found

    def _begin(self, plan: Plan) -> Cursor:
        cursor = self._new_cursor(plan)
        self._cursors.begin(cursor)
        return cursor

    def _new_cursor(self, plan: Plan) -> Cursor:
        since = current_from(plan, self._progress.get(), self._clock().date())
        return Cursor(_new_run_id(self._clock()), plan, self._clock(), current_from=since)

    async def _finish(self, cursor: Cursor) -> HarvestRun:
        """The record first, the cursor last: killed in between, the end is done again with the same result."""
        await self._fold(cursor)
        run = self._done(
            cursor,
            {paper_id: day for paper_id, day in cursor.new.items() if paper_id not in cursor.withdrawn},
            {paper_id: day for paper_id, day in cursor.revised.items() if paper_id not in cursor.withdrawn},
        )
        await self._record(run)
        await asyncio.to_thread(self._progress.advance, cursor.plan, cursor.newest)
        self._cursors.end(cursor)
        log.info("Harvest done: %s", run.verdict, extra={"action": "harvest_done", "run_id": run.run_id})
        return run

    def _done(self, cursor: Cursor, new: Mapping[str, str], revised: Mapping[str, str]) -> HarvestRun:
        left_out = len(cursor.new) + len(cursor.revised) - len(new) - len(revised)
        run = _record(cursor, state="done", finished_at=self._clock(), **by_days(new, revised, since_of(cursor)))
        run = run.model_copy(update={"filtered": left_out, "problem": self._why_empty(cursor)})
        return run.model_copy(update={"verdict": verdict_of(run, self._clock())})

    def _why_empty(self, cursor: Cursor) -> str:
        """What is wrong with an empty list; empty words for a list that has papers, or may be empty."""
        known = self._progress.get()
        if (
            cursor.seen
            or cursor.plan.until_date is not None
            or known is None
            or known.categories != cursor.plan.categories
        ):
            return ""
        if known.day < cursor.plan.from_date:
            return ""
        return (
            f"arXiv's list is empty from {cursor.plan.from_date} on, though it had papers of {known.day}: an "
            "answer that it keeps until 00:00 UTC. Nothing is lost, the next harvest reads these days again"
        )

    async def _give_up(self, cursor: Cursor, error: PapersysError) -> None:
        """Leave the cursor for the next time, except where there is no next time."""
        words = self._arxiv.gate.problem() or str(error)
        with suppress(PapersysError):
            await self._fold(cursor)
        await self._record(_record(cursor, state="failed", verdict=words, problem=str(error)))
        if isinstance(error, PermanentFailure):
            self._cursors.end(cursor)
        log.warning("Harvest interrupted: %s", words, extra={"action": "harvest_failed", "run_id": cursor.run_id})

    async def _record(self, run: HarvestRun) -> None:
        """Store a run's record; what was announced of it stays announced."""
        earlier = await asyncio.to_thread(self._runs.get, run.run_id)
        if earlier is not None:
            run = run.model_copy(update={"announced": earlier.announced})
        await asyncio.to_thread(self._runs.put, run)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._lock_path, timeout=0, thread_local=False):
                yield
        except Timeout as error:
            raise TemporaryFailure(
                "Another harvest is running; this one starts when it is over.", retry_in_seconds=_OTHER_HARVEST_SECONDS
            ) from error


def _is_full(cursor: Cursor) -> bool:
    return cursor.plan.limit is not None and cursor.seen >= cursor.plan.limit


def _within_limit(cursor: Cursor, records: list[Record]) -> list[Record]:
    limit = cursor.plan.limit
    return records if limit is None else records[: max(0, limit - cursor.seen)]


def _record(cursor: Cursor, **facts: object) -> HarvestRun:
    return HarvestRun.model_validate(
        {
            "run_id": cursor.run_id,
            "started_at": cursor.started_at,
            "day": cursor.newest,
            "from_date": cursor.plan.from_date,
            "until_date": cursor.plan.until_date,
            "categories": cursor.plan.categories,
            "known": len(cursor.known),
            "cross_listed": cursor.cross,
            **facts,
        }
    )


def _new_run_id(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:6]}"
