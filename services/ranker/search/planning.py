"""Which expression to score: bm25 costs microseconds a match, so what nearly every paper says is not asked alone."""

import sqlite3

from services.ranker.search.filters import Filters
from services.ranker.search.wording import Term, all_of, any_of

_FEWEST_SCORED = 10_000
_SHARE_SCORED = 0.05
_ENOUGH = 50


class Planner:
    """Plans for one index at one moment; `size` is how many papers it has."""

    def __init__(self, connection: sqlite3.Connection, size: int, filters: Filters) -> None:
        self._connection, self._filters = connection, filters
        self._budget = max(_FEWEST_SCORED, int(_SHARE_SCORED * size))

    def plan(self, terms: tuple[Term, ...]) -> str:
        """An FTS5 expression whose matches are worth scoring; empty where nothing matches.

        Papers with any of the rare words; where no word is rare those that have them all, and where those are too many
        those that have them all in the title.
        """
        counted = sorted(((self._matches(term.expression), term) for term in terms), key=lambda one: one[0])
        present = [(count, term) for count, term in counted if count]
        rare, total = list[Term](), 0
        for count, term in present:
            total += count
            if total <= self._budget:
                rare.append(term)
        everything = tuple(term for _, term in present)
        if rare and len(rare) < len(everything):
            return self._filters.narrowed(f"({any_of(tuple(rare))}) AND ({any_of(everything)})")
        if rare:
            return self._filters.narrowed(any_of(everything))
        return self._common(everything) if everything else ""

    def _common(self, terms: tuple[Term, ...]) -> str:
        """For words that are all common, the rarest first: as many of them together as enough papers have."""
        for count in range(len(terms), 0, -1):
            expression = all_of(terms[:count])
            matches = self._matches(expression)
            if matches > self._budget:
                in_title = all_of(tuple(term.within("title") for term in terms[:count]))
                return self._filters.narrowed(in_title if self._matches(in_title) >= _ENOUGH else expression)
            if matches >= _ENOUGH:
                return self._filters.narrowed(expression)
        return self._filters.narrowed(all_of(terms[:1]))

    def _matches(self, expression: str) -> int:
        """How many papers match within the filters, counted no further than one beyond the budget."""
        text = "select count(*) from (select 1 from words where words match ? limit ?)"
        values = (self._filters.narrowed(expression), self._budget + 1)
        return int(self._connection.execute(text, values).fetchone()[0])
