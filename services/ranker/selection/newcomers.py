"""People without a selection: they need not wait for tomorrow's papers to see what a day looks like."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from shared.store.selections import SelectionStore


class FirstPapers(NamedTuple):
    """The papers of a day from which a newcomer's first selection is made, and the harvest that brought them."""

    day: date
    run_id: str
    paper_ids: list[str]


class Newcomers:
    """Who came since the owner's newest selection was made."""

    def __init__(self, selections: SelectionStore, people: Callable[[], Sequence[str]]) -> None:
        self._selections, self._people = selections, people
        self._welcomed: set[str] = set()

    def unwelcomed(self) -> list[str]:
        """Who has no selection at all, while the owner has one. Everybody is looked at once."""
        new = [user for user in self._people() if user not in self._welcomed]
        if not new or not self._selections.days():
            return []
        without = [user for user in new if not self._selections.of(user).days()]
        self._welcomed.update(user for user in new if user not in without)
        return without

    def mark_welcomed(self, user: str) -> None:
        """This user has a selection now, or there was nothing to select from."""
        self._welcomed.add(user)

    def first_papers(self) -> FirstPapers | None:
        """Those that competed for the owner on the newest day that had a selection by score; None where none had."""
        for day in self._selections.days():
            ranked = [candidate for candidate in self._selections.day(day) if candidate.rank is not None]
            if ranked:
                return FirstPapers(day, ranked[-1].run_id, sorted({candidate.paper_id for candidate in ranked}))
        return None
