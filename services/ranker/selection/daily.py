"""The day's selection from arrival to event: notes what came, decides when, selects once, publishes last."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from services.ranker.file_names import file_name
from services.ranker.learning.taste import Taste
from services.ranker.models.refitting import Learner
from services.ranker.selection.arrival_log import ArrivalLog
from services.ranker.selection.arrivals import NO_RUN, Arrivals, competing_runs, decide, newest_of
from services.ranker.selection.candidates import CandidateSelector
from services.ranker.selection.newcomers import Newcomers
from services.ranker.selection.outbox import Outbox, pick_of
from services.ranker.settings import RankerSettings
from shared.contracts import DEFAULT_USER, EmbeddingsReady, PapersSelected
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


@dataclass(frozen=True)
class SelectionFiles:
    """What the day's selection reads and writes: arrivals, selections, and picks to be published."""

    data: DataFolder
    arrival_log: ArrivalLog
    selections: SelectionStore
    outbox: Outbox


class DailySelection:
    """One selection a day and user. Its turns are taken one after the other; another process may only take one too.

    The papers of a harvest compete for everybody, the owner first.
    """

    def __init__(
        self,
        settings: RankerSettings,
        files: SelectionFiles,
        selector: CandidateSelector,
        learner: Learner,
        bus: "Bus",
        clock: Callable[[], datetime],
        people: Callable[[], Sequence[str]] = lambda: (DEFAULT_USER,),
    ) -> None:
        self._people = people
        self._newcomers = Newcomers(files.selections, people)
        self._settings, self._data = settings, files.data
        self._arrival_log, self._selections, self._outbox = files.arrival_log, files.selections, files.outbox
        self._selector, self._learner, self._bus, self._clock = selector, learner, bus, clock
        self._turn = asyncio.Lock()

    async def load(self) -> None:
        """Read what was noted before this process started."""
        await asyncio.to_thread(self._arrival_log.load)

    async def note(self, event: EmbeddingsReady) -> None:
        """Keep, durably, that papers of a run have a vector; select if that was what the run waited for.

        Papers that a backfill brought are known by their vectors, and compete on no day.
        """
        if event.backfill:
            return
        async with self._turn:
            run = await asyncio.to_thread(self._arrival_log.note, event, self._clock())
            await self._advance(run)
            await self._outbox.deliver(self._bus)

    async def advance(self) -> None:
        """Select for every run whose time has come, and publish what is not published yet.

        A run that fails holds up no other; the first failure is raised when all had their turn.
        """
        failures: list[Exception] = []
        async with self._turn:
            for run in self._arrival_log.runs():
                try:
                    await self._advance(run)
                except Exception as error:
                    failures.append(error)
            await self._welcome()
            await self._outbox.deliver(self._bus)
        if failures:
            raise failures[0]

    async def request(self, event: EmbeddingsReady) -> None:
        """Pick papers that somebody asked for, at once and beside the quota; the same event again gives the same."""
        if not event.paper_ids:
            return
        taste = await self._learner.current(event.user)
        async with self._turn:
            candidates = await asyncio.to_thread(self._requested, event, taste)
        for pick in candidates:
            ids = (pick.paper_id,)
            await self._bus.publish(PapersSelected.after(event, paper_ids=ids, picks=(pick_of(pick),), day=pick.day))

    async def keep_time(self) -> None:
        """See to deadlines and to what could not be published, until cancelled."""
        logged = ""
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            try:
                await self.advance()
                logged = ""
            except Exception as error:
                logged = _log_failure(error, logged)
                await asyncio.sleep(_PAUSE_AFTER_FAILURE_SECONDS)

    async def _advance(self, run: Arrivals) -> None:
        if run.closed or run.run_id == NO_RUN:
            return
        day = await asyncio.to_thread(self.day_of, run)
        step = decide(
            run,
            now=self._clock(),
            deadline_seconds=self._settings.deadline_seconds,
            day_selected=not await asyncio.to_thread(self._without_selection, run, day),
            ready=self._learner.ready and await asyncio.to_thread(self._has_vectors, run),
        )
        if step == "leave":
            await asyncio.to_thread(self._leave, run, day)
        elif step == "select":
            await self._select(run, day)

    def _has_vectors(self, run: Arrivals) -> bool:
        """Whether most of a run can be compared: after a change of the embedding model its papers may have the old
        one's vectors alone, until the embedder has made the new one's. The deadline ends the wait."""
        return not run.is_complete or 2 * len(self._selector.comparable(run.arrived)) >= len(run.arrived)

    def day_of(self, run: Arrivals) -> date:
        """The run's own day, or the newest one known."""
        if run.day is not None:
            return run.day
        return self._newest_day() or run.first_at.date()

    def is_selected(self, day: date, user: str) -> bool:
        """Whether this user's papers of the day were selected; those that somebody asked for do not count.

        A selection that cannot be read may be this user's: no second one is made.
        """
        selections = self._selections.of(user)
        runs = [run_id for run_id in selections.runs(day) if not run_id.startswith(REQUESTED)]
        users_of_runs = (selections.users(day, run_id) for run_id in runs)
        return any(users is None or user in users for users in users_of_runs)

    def _users_of(self, run: Arrivals) -> list[str]:
        """For whom a run's papers compete: a harvest is everybody's, another run its own user's."""
        return list(self._people()) if run.user == DEFAULT_USER else [run.user]

    def _without_selection(self, run: Arrivals, day: date) -> list[str]:
        """Of these, who has no selection of the day yet."""
        return [user for user in self._users_of(run) if not self.is_selected(day, user)]

    async def _select(self, run: Arrivals, day: date) -> None:
        """One selection after the other. What fails for one user is logged and holds up nobody, unless it is the owner,
        or trouble that passes: then all who have none yet are tried again."""
        rivals = competing_runs(self._arrival_log.runs(), run)
        failure: Exception | None = None
        with self._selector.for_everybody():
            for user in await asyncio.to_thread(self._without_selection, run, day):
                try:
                    taste = await self._learner.current(user)
                    await asyncio.to_thread(self._select_waiting, run, rivals, day, taste)
                except Exception as error:
                    failure = error if is_worth_waiting_for(error, user, run) else failure
        if failure is not None:
            raise failure
        await asyncio.to_thread(self._close, run, rivals, day)

    def _select_waiting(self, run: Arrivals, rivals: list[Arrivals], day: date, taste: Taste) -> None:
        with self._data.lock(LOCK):
            if self.is_selected(day, taste.user):
                return
            back = run.revised & set(taste.likes.names)
            ids, left_out = self._competing(rivals, taste.user, back)
            candidates = self._selector.select(taste, day, run.key, ids, revised=back)
            if candidates:
                self._outbox.write(day, run.key, candidates)
        _log_selected(run, day, taste.user, candidates, left_out)

    def _close(self, run: Arrivals, rivals: list[Arrivals], day: date) -> None:
        """What competed for everybody waits no longer, but for papers without a vector."""
        if all(self._is_done(run, day, user) for user in self._users_of(run)):
            waiting = set[str]().union(*(other.waiting for other in rivals))
            self._arrival_log.mark_considered(rivals, left=waiting - self._selector.comparable(waiting))
        self._arrival_log.close(run)

    def _is_done(self, run: Arrivals, day: date, user: str) -> bool:
        """Whether a user has this run's selection, or had nothing to select from."""
        runs = self._selections.of(user).runs(day)
        return run.key in runs or not any(not run_id.startswith(REQUESTED) for run_id in runs)

    async def _welcome(self) -> None:
        """Who is new has a first selection at once, from the papers of the owner's newest day."""
        for user in await asyncio.to_thread(self._newcomers.unwelcomed):
            try:
                taste = await self._learner.current(user)
                await asyncio.to_thread(self._select_first, taste)
            except TemporaryFailure:
                continue
            except Exception as error:
                _log_one_persons_failure(error, user)
            self._newcomers.mark_welcomed(user)

    def _select_first(self, taste: Taste) -> None:
        with self._data.lock(LOCK):
            first = self._newcomers.first_papers()
            if first is None or self.is_selected(first.day, taste.user):
                return
            paper_ids = newest_of(first.paper_ids, always=set())
            candidates = self._selector.select(taste, first.day, first.run_id, paper_ids)
            if candidates:
                self._outbox.write(first.day, first.run_id, candidates)

    def _competing(self, rivals: list[Arrivals], user: str, back: set[str]) -> tuple[list[str], int]:
        """The papers that wait and never competed, or come back; and how many are too many. Sorted."""
        waiting = set[str]().union(*(other.waiting for other in rivals))
        waiting -= self._selections.of(user).selected_ids(among=waiting) - back
        ids = newest_of(waiting, always=back)
        return ids, len(waiting) - len(ids)

    def _leave(self, run: Arrivals, day: date) -> None:
        self._arrival_log.close(run)
        text = f"{day} has its selection already; papers of run {run.run_id} compete in the next one."
        log.info(text, extra={"action": "left_to_next", "run_id": run.run_id})

    def _requested(self, event: EmbeddingsReady, taste: Taste) -> list[Candidate]:
        run_id = REQUESTED + file_name(event.event_id)
        selections = self._selections.of(event.user)
        with self._data.lock(LOCK):
            for day in selections.days():
                if run_id in selections.runs(day):
                    return selections.read(day, run_id)
            day = event.day or self._newest_day() or event.occurred_at.date()
            candidates = self._selector.select_requested(taste, day, run_id, event.paper_ids)
            selections.write(day, run_id, candidates)
        return selections.read(day, run_id)

    def _newest_day(self) -> date | None:
        days = [run.day for run in self._arrival_log.runs() if run.day is not None]
        return max([*days, *self._selections.days()[:1]], default=None)


def _log_selected(run: Arrivals, day: date, user: str, candidates: list[Candidate], left_out: int) -> None:
    picked = sum(candidate.outcome == "picked" for candidate in candidates)
    late = "" if run.is_complete else f" The deadline passed: {len(run.arrived)} of {run.run_size or '?'} had arrived."
    older = f" {left_out} older ones waited too, more than compete in a day; search finds them." if left_out else ""
    text = f"Selected {picked} of {len(candidates)} papers for {day}.{late}{older}"
    facts = {"action": "selected", "run_id": run.run_id, "user": user}
    log.info(text, extra=facts)


def is_worth_waiting_for(error: Exception, user: str, run: Arrivals) -> bool:
    """Whether a run stays open for what failed; what concerns one user of many is logged, and the day goes on."""
    if user == run.user or isinstance(error, TemporaryFailure):
        return True
    _log_one_persons_failure(error, user)
    return False


def _log_one_persons_failure(error: Exception, user: str) -> None:
    facts = {"action": "selection_failed", "user": user}
    log.error("Nothing could be selected for %s today: %s", user, error, extra=facts, exc_info=error)


def _log_failure(error: Exception, logged: str) -> str:
    """Log a failure of the clock once, not at every tick; unforeseen ones with their traceback."""
    text = f"{type(error).__name__}: {error}"
    if text != logged:
        waiting = isinstance(error, TemporaryFailure)
        log.log(
            logging.INFO if waiting else logging.ERROR,
            "The day's selection waits: %s",
            error,
            extra={"action": "selection_waits"},
            exc_info=None if isinstance(error, PapersysError) else error,
        )
    return text
