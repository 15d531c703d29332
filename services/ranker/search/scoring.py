"""The best of the papers that match, by BM25 as SQLite's FTS5 has it: less is better."""

import json
import sqlite3
from collections.abc import Sequence

from services.ranker.search.query.filter_query import IN_LIST
from services.ranker.search.query.filters import Filters

Matches = list[tuple[str, float]]

_SCORE = "bm25(words, 4.0, 1.0, 2.0, 0.0)"
_SHARE_OF_BEST = 0.3


def best_matches(
    connection: sqlite3.Connection, expression: str, filters: Filters, rows: tuple[int, int], limit: int
) -> Matches:
    """The `limit` best papers with their scores, best first; `rows` are the first and last number to look among."""
    passing: Matches = []
    for most in (2 * limit, limit + len(filters.never)) if filters.only is None else (-1,):
        matches = _best(connection, expression, rows, most) if filters.by_words_alone else None
        matches = _all_best(connection, expression, rows, filters.days, most) if matches is None else matches
        passing = [row for row in matches if filters.lets_by_name(row[0])]
        if len(passing) >= limit or len(matches) < most:
            break
    return passing[:limit]


def best_among(
    connection: sqlite3.Connection, expression: str, numbers: Sequence[int], limit: int
) -> list[tuple[int, float]]:
    """The best of some papers (their sorted numbers, at least one) with their scores, best first."""
    text = (
        f"select rowid, {_SCORE} as score from words where words match ? and rowid between ? and ?"  # noqa: S608
        f" and +rowid {IN_LIST} order by score, rowid desc limit ?"
    )
    return connection.execute(text, (expression, numbers[0], numbers[-1], json.dumps(numbers), limit)).fetchall()


def relevant(matches: Matches) -> list[str]:
    """Of papers with their scores, best first, those that have more than a common word."""
    return [paper_id for paper_id, score in matches if score <= _SHARE_OF_BEST * matches[0][1]]


def _best(connection: sqlite3.Connection, expression: str, rows: tuple[int, int], most: int) -> Matches | None:
    """The `most` best; None where so many numbers are unused that some papers may be missing."""
    text = (
        f"select paper_id, score from (select rowid as row, {_SCORE} as score from words"  # noqa: S608
        " where words match ? and rowid between ? and ? order by score, rowid desc limit ?)"
        " left join papers on number = row order by score, row desc"
    )
    matches = connection.execute(text, (expression, *rows, 2 * most)).fetchall()
    current = [row for row in matches if row[0] is not None]
    return current[:most] if len(current) >= most or len(matches) < 2 * most else None


def _all_best(
    connection: sqlite3.Connection, expression: str, rows: tuple[int, int], days: tuple[str, str], most: int
) -> Matches:
    """The `most` best of some days (-1: all); every paper that matches is looked up."""
    text = (
        f"select paper_id, score from (select rowid as row, {_SCORE} as score from words"  # noqa: S608
        " where words match ? and rowid between ? and ?) join papers on number = row"
        " where day between ? and ? order by score, number desc limit ?"
    )
    return connection.execute(text, (expression, *rows, *days, most)).fetchall()
