"""Statements of two papers that say the same, by their verified quotes. Pure.

Two sentences of different papers that share most of their content words, all their numbers and their negations say the
same thing (Jaccard similarity of word sets, as for near duplicates: Broder, "On the resemblance and containment of
documents", 1997); sentences with few words prove nothing.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shared.store.papers.summaries import Quote, Summary
from shared.text.stop_words import FUNCTION_WORDS

_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]{2,}")
_NEGATIONS = frozenset({"no", "not", "never", "neither", "nor", "without", "cannot", "fail", "fails", "failed", "lack"})
_ALIKE = 0.6
_FEWEST_WORDS = 6
_NOT_OF_THE_PAPER = ("further_thoughts", "institutions")


class Repetition(NamedTuple):
    """A quote, and one of another paper that says the same."""

    mine: Quote
    other: Quote
    likeness: float


class _Said(NamedTuple):
    quote: Quote
    words: frozenset[str]
    numbers: frozenset[str]
    negations: frozenset[str]


def repetition(mine: Summary, other: Summary) -> Repetition | None:
    """The two quotes that say the same most plainly; None where none do."""
    theirs = list(_said(other))
    found = [
        Repetition(one.quote, another.quote, likeness)
        for one in _said(mine)
        for another in theirs
        if (likeness := _likeness(one, another)) >= _ALIKE
    ]
    return max(found, key=lambda repeated: repeated.likeness, default=None)


def verified_quotes(summary: Summary) -> Iterator[Quote]:
    """The quotes that stand in the paper, of claims that follow from them."""
    for field in summary.fields:
        for claim in field.claims if field.evidence and field.name not in _NOT_OF_THE_PAPER else ():
            if not claim.weak:
                yield from (quote for quote in claim.quotes if quote.found and quote.text)


def _said(summary: Summary) -> Iterator[_Said]:
    for quote in verified_quotes(summary):
        words = [word.casefold() for word in _WORD.findall(quote.text)]
        content = _content(words)
        if len(content) >= _FEWEST_WORDS:
            numbers = frozenset(word for word in words if word[0].isdigit())
            yield _Said(quote, content, numbers, frozenset(_NEGATIONS.intersection(words)))


def _content(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if word not in FUNCTION_WORDS)


def _likeness(one: _Said, another: _Said) -> float:
    if one.numbers != another.numbers or one.negations != another.negations:
        return 0.0
    return len(one.words & another.words) / len(one.words | another.words)
