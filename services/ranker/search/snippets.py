"""Titles and passages of hits with the query's words marked, by the words that the index makes of texts.

Passages are cut between words, and never within a formula.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from services.ranker.search.query.parsed_query import Term
from shared.contracts import MARK_END, MARK_START
from shared.search.analyzer import LocatedWords, located_words, stems_of
from shared.text.tex.words import in_words

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
    in_title = _stems([term for term in terms if term.column != "abstract"])
    in_abstract = _stems([term for term in terms if term.column != "title"])
    marked = {
        paper.paper_id: (_marked(_plain(paper.title), in_title), _marked(_plain(paper.abstract), in_abstract))
        for paper in papers
    }
    return {
        paper_id: Marked(title, passage_of(abstract))
        for paper_id, (title, abstract) in marked.items()
        if MARK_START in title or MARK_START in abstract
    }


def _stems(terms: Sequence[Term]) -> set[tuple[str, ...]]:
    """What stands side by side in a text that has a term."""
    return {stems for term in terms if (stems := stems_of(" ".join(term.words)))}


def _marked(text: str, sought: set[tuple[str, ...]]) -> str:
    pieces, end = [], 0
    for first, last in _joined(_found(located_words(text), sought)):
        pieces += [text[end:first], MARK_START, text[first:last], MARK_END]
        end = last
    return "".join([*pieces, text[end:]])


def _found(words: LocatedWords, sought: set[tuple[str, ...]]) -> Iterable[tuple[int, int]]:
    """Where what is sought stands, from its first letter to behind its last, in the order of the text."""
    begins, lengths = {stems[0] for stems in sought}, sorted(set(map(len, sought)))
    for first in [place for place, stem in enumerate(words.stems) if stem in begins]:
        for last in [first + length - 1 for length in lengths if first + length <= len(words.stems)]:
            if words.stems[first : last + 1] in sought:
                yield words.places[first][0], words.places[last][1]


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap as one."""
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and first < joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return joined


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
    return " ".join(in_words(text).replace(MARK_START, " ").replace(MARK_END, " ").split())
