"""Titles and passages of hits with the query's words marked, by the index's own tokenizer.

SQLite marks words in an index in memory that holds only the papers found, because the real one keeps no texts.
"""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from services.ranker.search.keywords import TOKENIZER
from services.ranker.search.parsed_query import Term, any_of
from shared.contracts import MARK_END, MARK_START

_WORDS = 40


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
            "select paper_id, highlight(words, 1, ?1, ?2), snippet(words, 2, ?1, ?2, '…', ?3)"
            " from words where words match ?4",
            (MARK_START, MARK_END, _WORDS, any_of(anywhere)),
        )
        return {paper_id: Marked(title, passage) for paper_id, title, passage in rows_marked}
    finally:
        connection.close()


def _plain(text: str) -> str:
    return " ".join(text.replace(MARK_START, " ").replace(MARK_END, " ").split())
