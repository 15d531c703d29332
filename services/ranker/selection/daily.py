"""The day's selection from arrival to event: notes what came, decides when, selects once, publishes last."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from services.ranker.file_names import file_name
from services.ranker.learning.taste import Taste
from services.ranker.models.refitting import Learner
from services.ranker.selection.arrival_log import ArrivalBook
from services.ranker.selection.arrivals import LOOSE, Arrivals, decide, newest_of, rivals_of
from services.ranker.selection.candidates import Judge
from services.ranker.selection.outbox import Outbox, pick_of
from services.ranker.settings import RankerSettings
from shared.contracts import EmbeddingsReady, PapersSelected
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.selections import Candidate, SelectionStore

if TYPE_CHECKING:  # what services need for it takes commands half a second
    from shared.bus.bus import Bus

log = logging.getLogger(__name__)

LOCK = "ranker-selection"
REQUESTED = "requested-"
_TICK_SECONDS = 1.0
_PAUSE_AFTER_FAILURE_SECONDS = 2.0


class DailySelection:
    """One selection a day and user. Its turns are taken one after the other; another process may only take one too."""

    def __init__(
        self,
        settings: RankerSettings,
        data: DataFolder,
        book: ArrivalBook,
        selections: SelectionStore,
        judge: Judge,
        learner: Learner,
        outbox: Outbox,
        bus: "Bus",
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._data, self._book, self._selections = settings, data, book, selections
        self._judge, self._learner, self._outbox, self._bus, self._clock = judge, learner, outbox, bus, clock
        self._turn = asyncio.Lock()

    async def load(self) -> None:
        """Take up what was noted before this process started."""
        await asyncio.to_thread(self._book.load)

    async def note(self, event: EmbeddingsReady) -> None:
        """Keep, durably, that papers of a run have a vector; select if that was what the run waited for.

        Papers that a backfill brought are known by their vectors, and compete on no day.
        """
        if event.backfill:
            return
        async with self._turn:
            run = await asyncio.to_thread(self._book.note, event, self._clock())
            await self._advance(run)
            await self._outbox.deliver(self._bus)

    async def advance(self) -> None:
        """Select for every run whose time has come, and publish what is not published yet.

        A run that fails holds up no other; the first failure is raised when all had their turn.
        """
        failures: list[Exception] = []
        async with self._turn:
            for run in self._book.runs():
                try:
                    await self._advance(run)
                except Exception as error:
                    failures.append(error)
            await self._outbox.deliver(self._bus)
        if failures:
            raise failures[0]

    async def request(self, event: EmbeddingsReady) -> None:
        """Send on papers that somebody asked for, at once and beside the quota; the same event again says the same."""
        if not event.paper_ids:
            return
        taste = await self._learner.current(event.user)
        async with self._turn:
            candidates = await asyncio.to_thread(self._requested, event, taste)
        for one in candidates:
            ids = (one.paper_id,)
            await self._bus.publish(PapersSelected.after(event, paper_ids=ids, picks=(pick_of(one),), day=one.day))

    async def keep_time(self) -> None:
        """See to deadlines and to what could not be published, until cancelled."""
        said = ""
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            try:
                await self.advance()
                said = ""
            except Exception as error:
                said = _say_failure(error, said)
                await asyncio.sleep(_PAUSE_AFTER_FAILURE_SECONDS)

    async def _advance(self, run: Arrivals) -> None:
        if run.closed or run.run_id == LOOSE:
            return
        day = await asyncio.to_thread(self.day_of, run)
        step = decide(
            run,
            now=self._clock(),
            deadline_seconds=self._settings.deadline_seconds,
            day_selected=await asyncio.to_thread(self.is_selected, day, run.user),
            ready=self._learner.ready,
        )
        if step == "leave":
            await asyncio.to_thread(self._leave, run, day)
        elif step == "select":
            taste = await self._learner.current(run.user)
            await asyncio.to_thread(self._select, run, day, taste)

    def day_of(self, run: Arrivals) -> date:
        """The run's own day, or the newest one known."""
        if run.day is not None:
            return run.day
        return self._newest_day() or run.first_at.date()

    def is_selected(self, day: date, user: str) -> bool:
        """Whether this user's papers of the day were selected; those that somebody asked for do not count.

        A selection that cannot be read may be this user's: no second one is made.
        """
        runs = [run_id for run_id in self._selections.runs(day) if not run_id.startswith(REQUESTED)]
        users = (self._selections.users(day, run_id) for run_id in runs)
        return any(found is None or user in found for found in users)

    def _select(self, run: Arrivals, day: date, taste: Taste) -> None:
        with self._data.lock(LOCK):
            if not self.is_selected(day, run.user):
                self._select_waiting(run, day, taste)
        self._book.close(run)

    def _select_waiting(self, run: Arrivals, day: date, taste: Taste) -> None:
        rivals = rivals_of(self._book.runs(), run)
        back = run.revised & set(taste.likes.names)
        ids, left_out = self._competing(rivals, run.user, back)
        candidates = self._judge.judge(taste, day, run.key, ids, revised=back)
        if candidates:
            self._outbox.write(day, run.key, candidates)
        _say_selected(run, day, candidates, left_out)
        self._book.pass_over(rivals, left=set(ids).difference(one.paper_id for one in candidates))

    def _competing(self, rivals: list[Arrivals], user: str, back: set[str]) -> tuple[list[str], int]:
        """The papers that wait and never competed, or come back; and how many are too many. Sorted."""
        waiting = set[str]().union(*(other.waiting for other in rivals))
        waiting -= self._selections.selected_ids(user, waiting) - back
        ids = newest_of(waiting, always=back)
        return ids, len(waiting) - len(ids)

    def _leave(self, run: Arrivals, day: date) -> None:
        self._book.close(run)
        text = f"{day} has its selection already; papers of run {run.run_id} compete in the next one."
        log.info(text, extra={"action": "left_to_next", "run_id": run.run_id})

    def _requested(self, event: EmbeddingsReady, taste: Taste) -> list[Candidate]:
        run_id = REQUESTED + file_name(event.event_id)
        with self._data.lock(LOCK):
            for day in self._selections.days():
                if run_id in self._selections.runs(day):
                    return self._selections.read(day, run_id)
            day = event.day or self._newest_day() or event.occurred_at.date()
            candidates = self._judge.judge_requested(taste, day, run_id, event.paper_ids)
            self._selections.write(day, run_id, candidates)
        return self._selections.read(day, run_id)

    def _newest_day(self) -> date | None:
        known = [run.day for run in self._book.runs() if run.day is not None]
        return max([*known, *self._selections.days()[:1]], default=None)


def _say_selected(run: Arrivals, day: date, candidates: list[Candidate], left_out: int) -> None:
    picked = sum(one.fate == "picked" for one in candidates)
    late = "" if run.is_complete else f" The deadline passed: {len(run.arrived)} of {run.run_size or '?'} had arrived."
    older = (
        f" {left_out} older ones waited too, more than compete in a day; they are found by search." if left_out else ""
    )
    text = f"Selected {picked} of {len(candidates)} papers for {day}.{late}{older}"
    facts = {"action": "selected", "run_id": run.run_id, "user": run.user}
    log.info(text, extra=facts)


def _say_failure(error: Exception, said: str) -> str:
    """Log a failure of the clock once, not at every tick; unforeseen ones with their traceback."""
    text = f"{type(error).__name__}: {error}"
    if text != said:
        waiting = isinstance(error, TemporaryFailure)
        log.log(
            logging.INFO if waiting else logging.ERROR,
            "The day's selection waits: %s",
            error,
            extra={"action": "selection_waits"},
            exc_info=None if isinstance(error, PapersysError) else error,
        )
    return text
