"""Which expression to score: BM25 costs microseconds a match, so words of nearly every paper are not searched alone."""

import itertools
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from services.ranker.search.query.filters import Filters
from services.ranker.search.query.parsed_query import Term, all_of, any_of

_FEWEST_SCORED = 10_000
_SHARE_SCORED = 0.05
_READ_PER_SCORED = 2
_ENOUGH = 50


class Planner:
    """Plans for one index at one moment; `size` is how many papers it has, `rows` its first and last number."""

    def __init__(self, connection: sqlite3.Connection, size: int, filters: Filters, rows: tuple[int, int]) -> None:
        self._connection, self._filters, self._rows = connection, filters, rows
        # Excluded words cost more to count with than they change: a count may be too high by them.
        self._counted_within = replace(filters, without=())
        self._budget = max(_FEWEST_SCORED, int(_SHARE_SCORED * size))
        self._most_read = _READ_PER_SCORED * self._budget

    def plan(self, terms: tuple[Term, ...]) -> str:
        """An FTS5 expression whose matches are worth scoring; empty where nothing matches.

        Papers with any of the rare words; where no word is rare those that have them all, and where those are too many
        those that have them all in the title. Words of nearly every paper add nothing to rare ones.
        """
        counted = self._counted(terms)
        rare = _within(counted, self._budget)
        everything = tuple(term for _, term in counted)
        if rare and len(rare) < len(everything):
            affordable = tuple(term for count, term in counted if count <= self._most_read)
            return self._filters.narrowed(f"({any_of(rare)}) AND ({any_of(affordable)})")
        if rare:
            return self._filters.narrowed(any_of(everything))
        return self._common(everything) if everything else ""

    def worth_reading(self, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        """The terms, without the commonest where reading through all that have them would take long."""
        counted = self._counted(terms)
        return _within(counted, self._most_read) or tuple(term for _, term in counted[:1]) or terms

    def _counted(self, terms: tuple[Term, ...]) -> list[tuple[int, Term]]:
        """The terms that match anything, with how many papers, rarest first."""
        counted = ((self._matches(term.expression, self._most_read), term) for term in terms)
        return sorted((pair for pair in counted if pair[0]), key=lambda pair: pair[0])

    def _common(self, terms: tuple[Term, ...]) -> str:
        """For words that are all common, the rarest first: as many of them together as enough papers have."""
        for count in range(len(terms), 0, -1):
            expression = all_of(terms[:count])
            matches = self._matches(expression, self._budget)
            if matches > self._budget:
                in_title = all_of(tuple(term.within("title") for term in terms[:count]))
                return self._filters.narrowed(in_title if self._matches(in_title, _ENOUGH) >= _ENOUGH else expression)
            if matches >= _ENOUGH:
                return self._filters.narrowed(expression)
        return self._filters.narrowed(all_of(terms[:1]))

    def _matches(self, expression: str, most: int) -> int:
        """How many papers match within the filters, counted no further than one beyond `most`."""
        text = "select count(*) from (select 1 from words where words match ? and rowid between ? and ? limit ?)"
        values = (self._counted_within.narrowed(expression), *self._rows, most + 1)
        return int(self._connection.execute(text, values).fetchone()[0])


def _within(counted: Sequence[tuple[int, Term]], most: int) -> tuple[Term, ...]:
    """The first terms that together no more than `most` papers have."""
    totals = itertools.accumulate(count for count, _ in counted)
    return tuple(term for total, (_, term) in zip(totals, counted, strict=True) if total <= most)
