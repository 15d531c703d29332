"""Which papers pass the filters, by the words, day and categories that the keyword index has of each."""

import json
import sqlite3
from collections.abc import Sequence

from services.ranker.search.query.filters import Filters
from services.ranker.search.query.parsed_query import any_of

IN_LIST = "in (select value from json_each(?))"
FIRST, LAST = 0, 2**62
_MOST_DAYS_READ = 200_000
# What looking up one paper among those that have a word costs, in papers read one after the other.
_LOOK_UP = 200


class FilterQuery:
    """The filters as queries of one index at one moment. `never` is left to the caller."""

    def __init__(self, connection: sqlite3.Connection, filters: Filters) -> None:
        self._connection, self._filters = connection, filters

    def newest(self, most: int) -> list[str]:
        """The papers that pass, latest submitted first."""
        conditions, values = self._by_facts()
        filters = self._filters
        for expression, negation in ((filters.by_words, ""), (any_of(filters.without), "not ")):
            if expression:
                conditions.append(f"number {negation}in (select rowid from words where words match ?)")  # noqa: S608
                values.append(expression)
        if filters.only is not None:
            conditions.append(f"paper_id {IN_LIST}")
            values.append(json.dumps(sorted(filters.only)))
        return [name for _, name in self._papers(conditions, values, most)]

    def passing(self, paper_ids: Sequence[str]) -> set[str]:
        """Those of some papers that pass."""
        only = self._filters.only
        conditions, values = self._by_facts()
        named = list(paper_ids) if only is None else [paper_id for paper_id in paper_ids if paper_id in only]
        left = self._papers([*conditions, f"paper_id {IN_LIST}"], [*values, json.dumps(named)], -1)
        numbers = [number for number, _ in left]
        for expression, has in ((self._filters.by_words, True), (any_of(self._filters.without), False)):
            if expression:
                having = self._having(expression, numbers)
                numbers = [number for number in numbers if (number in having) == has]
        kept = set(numbers)
        return {name for number, name in left if number in kept}

    def matching(self, expression: str, most: int) -> list[str]:
        """The papers of the filters' days that match an FTS5 expression, latest submitted first."""
        text = (
            "select paper_id from words join papers on number = words.rowid where words match ?"
            " and words.rowid between ? and ? and day between ? and ? order by day desc, number desc limit ?"
        )
        values = (expression, *self.rows(), *self._filters.days, most)
        return [row[0] for row in self._connection.execute(text, values)]

    def rows(self) -> tuple[int, int]:
        """The first and last number that papers of the filters' days have; papers of a month lie near each other."""
        if self._filters.days == Filters().days:
            return FIRST, LAST
        text = (
            "select min(number), max(number), count(*) from"
            " (select number from papers where day between ? and ? limit ?)"
        )
        first, last, count = self._connection.execute(text, (*self._filters.days, _MOST_DAYS_READ)).fetchone()
        if count == _MOST_DAYS_READ:
            return FIRST, LAST
        return (first, last) if count else (LAST, FIRST)

    def is_broad(self, most: int) -> bool:
        """Whether more than `most` papers pass for certain, as far as that is known without reading them."""
        filters = self._filters
        if filters.only is not None or filters.by_words or filters.since or filters.until:
            return False
        if not filters.categories:
            return True
        text = "select count(*) from (select 1 from words where words match ? limit ?)"
        return bool(self._connection.execute(text, (filters.narrowed(""), 2 * most)).fetchone()[0] >= 2 * most)

    def _by_facts(self) -> tuple[list[str], list[str | int]]:
        """SQL conditions on the table of papers, and their values."""
        categories = self._filters.categories
        conditions, values = ["day between ? and ?"], list[str | int](self._filters.days)
        if categories:
            conditions.append(f"({' or '.join(['instr(categories, ?)'] * len(categories))})")
            values += [f" {category} " for category in categories]
        return conditions, values

    def _papers(self, conditions: Sequence[str], values: Sequence[str | int], most: int) -> list[tuple[int, str]]:
        text = f"select number, paper_id from papers where {' and '.join(conditions)} order by day desc, number desc limit ?"  # noqa: S608, E501
        return self._connection.execute(text, (*values, most)).fetchall()

    def _having(self, expression: str, numbers: Sequence[int]) -> set[int]:
        """Those of some numbers that match: few are looked up one by one, of many all that match are read through."""
        papers = last_number(self._connection)
        rowid = "rowid" if len(numbers) * _LOOK_UP < papers else "+rowid"
        text = f"select rowid from words where words match ? and {rowid} {IN_LIST}"  # noqa: S608
        return {row[0] for row in self._connection.execute(text, (expression, json.dumps(numbers)))}


def last_number(connection: sqlite3.Connection) -> int:
    return int(connection.execute("select coalesce(max(id), 0) from words_docsize").fetchone()[0])
