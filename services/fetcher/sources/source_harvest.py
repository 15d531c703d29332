"""A harvest of another preprint server: everything since the last harvested day, kept page by page, told at its end.

Killed anywhere, the next one goes on from the page that came last; done again, it changes nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from services.fetcher.arxiv.oai import UnreadableRecord
from services.fetcher.harvesting.alone import alone
from services.fetcher.harvesting.backfill import by_days
from services.fetcher.harvesting.cursor import Cursor, HarvestPlan, PageNote
from services.fetcher.harvesting.cursor_store import CursorStore
from services.fetcher.harvesting.keeping import StoringKeeper
from services.fetcher.harvesting.run_records import new_run_id
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.sources.protocols.known_records import KnownRecords
from services.fetcher.sources.protocols.source_page import ListRefused, PositionExpired, Source, SourcePage
from services.fetcher.sources.source_outbox import SourceOutbox
from shared.contracts import now as utc_now
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.source_states import SourceState, SourceStates
from shared.store.papers.metadata import Paper

log = logging.getLogger(__name__)

_FIRST_DAYS = timedelta(days=7)
_REACH_BACK = timedelta(days=2)
_PAST = timedelta(days=14)
_FLUSH_PAPERS = 5_000
_RESTARTS = 3
_MOST_PAGES = 20_000
_NAMED = 5
_OTHER_HARVEST_SECONDS = 30.0


class SourceHarvest:
    """Harvests one server, one harvest at a time over all processes."""

    def __init__(
        self,
        source: Source,
        catalogue: Catalogue,
        data: DataFolder,
        outbox: SourceOutbox,
        start: date | None = None,
        known: KnownRecords | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        folder = ("sources", source.name)
        self.source, self._catalogue, self._outbox, self._start = source, catalogue, outbox, start
        self._known, self._clock = known, clock
        self._states = SourceStates(data)
        self._cursors = CursorStore(data, folder)
        self._keeper = StoringKeeper(self._cursors, catalogue, _FLUSH_PAPERS)
        self._lock_path = data.path("state", "fetcher", *folder, "harvest.lock")

    def state(self) -> SourceState:
        return self._states.get(self.source.name, self.source.label)

    async def run(self) -> SourceState:
        """Harvest, or go on with the harvest that was interrupted. Raises TemporaryFailure, PermanentFailure."""
        with self._alone():
            cursor = await self._resume_or_begin()
            try:
                await self._read(cursor)
                return await self._finish(cursor)
            except PapersysError as error:
                with suppress(PapersysError):
                    await self._keeper.flush(cursor)
                with suppress(PapersysError):
                    self._states.put(self.state().model_copy(update={"problem": str(error)}))
                raise

    async def _resume_or_begin(self) -> Cursor:
        """An interrupted harvest of the same lists goes on; one of other settings ends with what it has found."""
        lists = self.source.lists
        for cursor in await asyncio.to_thread(self._cursors.open_cursors):
            await asyncio.to_thread(self._cursors.load_pending, cursor)
            if cursor.plan.categories == lists:
                return cursor
            await self._keeper.flush(cursor)
            await self._announce(cursor)
            self._cursors.end(cursor)
        today = self._clock().astimezone(UTC).date()
        through = self.state().through
        since = min(through, today) - _REACH_BACK if through else self._start or today - _FIRST_DAYS
        cursor = Cursor(new_run_id(self._clock()), HarvestPlan(since, today, lists), self._clock())
        self._cursors.begin(cursor)
        return cursor

    async def _read(self, cursor: Cursor) -> None:
        """The rest of all lists."""
        plan, pages = cursor.plan, 0
        while cursor.set_index < len(plan.categories):
            name = plan.categories[cursor.set_index]
            try:
                page = await self.source.page(name, plan.from_date, plan.until_date or plan.from_date, cursor.token)
            except PositionExpired as error:
                self._begin_again(cursor, f"it forgot the place in its list ({error})")
                continue
            except ListRefused as error:
                of = f" of {name}" if name else ""
                raise PermanentFailure(f"{self.source.label} rejected the request{of}: {error}") from error
            is_circle = page.next_position is not None and page.next_position in cursor.tokens
            await self._keep(cursor, page)
            pages += 1
            if is_circle:
                self._begin_again(cursor, "it gave the same place twice")
            if pages > _MOST_PAGES:
                raise TemporaryFailure(f"{self.source.label} listed over {_MOST_PAGES} pages; the rest comes later.")

    def _begin_again(self, cursor: Cursor, reason: str) -> None:
        if cursor.restarts >= _RESTARTS:
            cursor.forget_token()
            raise TemporaryFailure(f"{self.source.label}'s list keeps breaking off: {reason}.")
        log.warning("The list of %s begins again: %s.", self.source.label, reason, extra={"action": "set_restarted"})
        cursor.restart_set()

    async def _keep(self, cursor: Cursor, page: SourcePage) -> None:
        for problem in page.unreadable[:_NAMED]:
            log.warning("Unreadable record of %s: %s", self.source.label, problem, extra={"action": "odd_record"})
        papers = [release.paper for release in page.releases] + await self._gone(page, cursor)
        kinds = await self._catalogue.sort(papers, cursor.pending)
        days = {release.paper.paper_id: release.day.isoformat() for release in page.releases}
        changed = {paper.paper_id: paper.updated_at.date().isoformat() for paper in papers if paper.updated_at}
        if self._known is not None:
            await asyncio.to_thread(self._known.add, (paper.paper_id for paper in kinds.papers))
        note = PageNote(
            set_index=cursor.set_index,
            next_token=page.next_position,
            new=cursor.first_sight(kinds.new),
            revised=cursor.first_sight(kinds.revised),
            known=cursor.first_sight(kinds.known),
            withdrawn=tuple(paper.paper_id for paper in papers if paper.withdrawn),
            newest=self._newest(page),
            cross=page.left_out,
            days={**{name: days[name] for name in kinds.new if name in days}, **_of(kinds.revised, changed)},
            unreadable=tuple(UnreadableRecord(name, "", "") for name in page.unreadable),
        )
        await self._keeper.keep(cursor, note, kinds.papers)

    def _newest(self, page: SourcePage) -> str:
        """A day to come, by the server's clock or ours, would leave a gap in the next harvest."""
        today = self._clock().astimezone(UTC).date()
        return min(page.changed_on, today).isoformat() if page.changed_on else ""

    async def _gone(self, page: SourcePage, cursor: Cursor) -> list[Paper]:
        """Papers whose records were deleted, as withdrawn."""
        stored = await self._catalogue.get(page.deleted)
        day = page.changed_on or cursor.plan.from_date
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return [replace(paper, withdrawn=True, updated_at=at) for paper in stored.values() if not paper.withdrawn]

    async def _finish(self, cursor: Cursor) -> SourceState:
        """What is announced is written before the cursor goes: killed between, the end is done again with the same."""
        await self._keeper.flush(cursor)
        new, revised = await self._announce(cursor)
        state = self.state()
        through = max(filter(None, (state.through, cursor.newest)), default=None)
        outcome = _outcome(cursor, new, revised)
        facts = {"through": through, "harvested_at": self._clock(), "outcome": outcome, "problem": ""}
        state = state.model_copy(update=facts)
        self._states.put(state)
        self._cursors.end(cursor)
        log.info("Harvest of %s finished: %s.", state.label, outcome, extra={"action": "source_harvested"})
        return state

    async def _announce(self, cursor: Cursor) -> tuple[int, int]:
        """Put what was found into the outbox; how many new and revised papers that is."""
        new = {name: day for name, day in cursor.new.items() if name not in cursor.withdrawn}
        revised = {name: day for name, day in cursor.revised.items() if name not in cursor.withdrawn}
        found = by_days(new, revised, cursor.plan.from_date - _PAST)
        await asyncio.to_thread(self._outbox.put, cursor.run_id, cursor.started_at, found)
        return len(new), len(revised)

    def _alone(self) -> AbstractContextManager[None]:
        return alone(self._lock_path, f"Another harvest of {self.source.label}", _OTHER_HARVEST_SECONDS)


def _of(names: tuple[str, ...], days: Mapping[str, str]) -> dict[str, str]:
    return {name: days[name] for name in names if name in days}


def _outcome(cursor: Cursor, new: int, revised: int) -> str:
    """`180 new, 40 revised, 3 unchanged`, and what is not among them."""
    hidden = len(cursor.new) + len(cursor.revised) - new - revised
    withdrawn = f", {hidden} withdrawn, stored only;" if hidden else ","
    words = [f"{new} new, {revised} revised{withdrawn} {len(cursor.known)} unchanged"]
    if cursor.cross:
        words.append(f"{cursor.cross} from before December 2019 left out, whose DOIs tell no date")
    if lost := list(cursor.lost):
        more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
        words.append(f"{len(lost)} could not be read: {', '.join(lost[:_NAMED])}{more}")
    return "; ".join(words)
