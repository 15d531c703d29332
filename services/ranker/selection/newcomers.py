"""People without a selection: they need not wait for tomorrow's papers to see what a day looks like."""

from collections.abc import Callable, Sequence
from datetime import date

from shared.store.selections import SelectionStore

WELCOME = "welcome"


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

    def first_papers(self) -> tuple[date | None, list[str]]:
        """The papers that competed for the owner on the newest day that had a selection, and that day."""
        for day in self._selections.days():
            ranked = {candidate.paper_id for candidate in self._selections.day(day) if candidate.rank is not None}
            if ranked:
                return day, sorted(ranked)
        return None, []
