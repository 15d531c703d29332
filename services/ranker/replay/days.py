"""The selections of a period as they are recorded: which papers competed when, and what was picked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from services.ranker.selection.blind_check import SLOT as BLIND_CHECK
from shared.store.keeping.replays import ReplayRequest
from shared.store.selections import Candidate, SelectionStore

_BESIDE_THE_SCORE = frozenset({BLIND_CHECK, "requested"})


@dataclass(frozen=True)
class RecordedDay:
    """One selection of a user by score; `moment` is when it was made."""

    day: date
    run_id: str
    moment: datetime
    candidates: tuple[Candidate, ...]

    @property
    def paper_ids(self) -> list[str]:
        return sorted(candidate.paper_id for candidate in self.candidates)

    @property
    def per_day(self) -> int:
        """How many were picked by score."""
        return sum(candidate.outcome == "picked" for candidate in self.candidates)


def recorded_days(selections: SelectionStore, user: str, request: ReplayRequest) -> Iterator[RecordedDay]:
    """The selections of a user in a period that picked something, oldest first."""
    days = [day for day in reversed(selections.days()) if request.has_day(day)]
    for day in days:
        for run_id in selections.runs(day):
            recorded = _recorded(day, run_id, selections.read(day, run_id), user)
            if recorded is not None and recorded.per_day:
                yield recorded


def _recorded(day: date, run_id: str, candidates: list[Candidate], user: str) -> RecordedDay | None:
    """Without what did not compete by score: blind checks, and papers that somebody asked for."""
    competing = [one for one in candidates if one.user == user and one.slot not in _BESIDE_THE_SCORE]
    if not competing:
        return None
    return RecordedDay(day, run_id, min(one.made_at for one in competing), tuple(competing))
