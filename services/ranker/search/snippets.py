"""Titles and passages of hits with the query's words marked, by the index's own tokenizer.

SQLite marks words in an index in memory that holds only the papers found, because the real one keeps no texts. Passages
are cut here, and not by SQLite, so that none begins or ends within a formula.
"""

import re
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from services.ranker.search.keywords import TOKENIZER
from services.ranker.search.query.parsed_query import Term, any_of
from shared.contracts import MARK_END, MARK_START

_WORDS = 40
_BEFORE = 10
_PIECES = re.compile(r"\$\$[^$]*\$\$\S*|\$[^$]*\$\S*|\S+")
"""Words, and formulas whole."""


class HasText(Protocol):
    """A paper, stored or not."""

    @property
    def paper_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def abstract(self) -> str: ...


class Marked(NamedTuple):
    """A title, and a passage of the abstract that has most of the words."""

    title: str
    passage: str


def mark_words(papers: Sequence[HasText], terms: tuple[Term, ...]) -> dict[str, Marked]:
    """By id, the papers in whose title or abstract a term stands."""
    if not papers or not terms:
        return {}
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(
            f"create virtual table words using fts5(paper_id unindexed, title, abstract, tokenize='{TOKENIZER}')"
        )
        rows = ((paper.paper_id, *map(_plain, (paper.title, paper.abstract))) for paper in papers)
        connection.executemany("insert into words values (?, ?, ?)", rows)
        anywhere = tuple(Term(term.words, "" if term.column == "authors" else term.column) for term in terms)
        rows_marked = connection.execute(
            "select paper_id, highlight(words, 1, ?1, ?2), highlight(words, 2, ?1, ?2) from words where words match ?3",
            (MARK_START, MARK_END, any_of(anywhere)),
        )
        return {paper_id: Marked(title, passage_of(abstract)) for paper_id, title, abstract in rows_marked}
    finally:
        connection.close()


def passage_of(marked: str, most: int = _WORDS) -> str:
    """The stretch of a text, `most` words long, in which most marks begin; `…` stands for what is left out."""
    pieces = _PIECES.findall(marked)
    if len(pieces) <= most:
        return marked
    marks = [piece.count(MARK_START) for piece in pieces]
    last = len(pieces) - most
    densest = max(range(last + 1), key=lambda start: (sum(marks[start : start + most]), -start))
    marked_places = [place for place in range(densest, densest + most) if marks[place]] or [densest]
    start = min(max(0, marked_places[0] - _BEFORE, marked_places[-1] - most + 1), last)
    passage = _closed(" ".join(pieces[start : start + most]))
    return f"{'…' if start else ''}{passage}{'…' if start < last else ''}"


def _closed(passage: str) -> str:
    """A passage whose last mark, of a phrase that goes on behind it, ends with it."""
    return passage + MARK_END * (passage.count(MARK_START) - passage.count(MARK_END))


def _plain(text: str) -> str:
    return " ".join(text.replace(MARK_START, " ").replace(MARK_END, " ").split())
