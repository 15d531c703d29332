"""Words that two papers share, weighed by how rare they are: BM25, seen from both papers.

Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from shared.text.stop_words import FUNCTION_WORDS

_WORD = re.compile(r"[^\W_]{2,}")
_K1, _B = 1.5, 0.75
_MOST_COUNTED = 3
_TITLE_COUNTS = 2


@dataclass(frozen=True)
class Terms:
    """A paper's words, each with its count; those of the title count twice."""

    counts: Mapping[str, int]

    @cached_property
    def length(self) -> int:
        return sum(self.counts.values())


def terms_of(title: str, abstract: str) -> Terms:
    words = _words(title) * _TITLE_COUNTS + _words(abstract)
    return Terms(Counter(words))


class Rarity:
    """Inverse document frequencies and the mean length of a collection; a word that it lacks is as rare as can be."""

    def __init__(self, collection: Iterable[Terms]) -> None:
        papers = list(collection)
        self._papers = len(papers)
        self._papers_with = Counter(word for paper in papers for word in paper.counts)
        self._idf: dict[str, float] = {}
        self.mean_length = sum(paper.length for paper in papers) / max(1, len(papers)) or 1.0

    def idf(self, word: str) -> float:
        known = self._idf.get(word)
        if known is None:
            having = self._papers_with[word]
            known = self._idf[word] = math.log(1 + (self._papers - having + 0.5) / (having + 0.5))
        return known


def shared_terms(paper: Terms, others: Sequence[Terms], rarity: Rarity) -> list[float]:
    """For each other paper the mean of BM25 asked from either side."""
    return [_shared(paper, other, rarity) for other in others]


def _shared(paper: Terms, other: Terms, rarity: Rarity) -> float:
    dampings = _damping(paper, rarity), _damping(other, rarity)
    total = 0.0
    for word in paper.counts.keys() & other.counts.keys():
        ours, theirs = paper.counts[word], other.counts[word]
        both = _asked(ours) * _weighed(theirs, dampings[1]) + _asked(theirs) * _weighed(ours, dampings[0])
        total += rarity.idf(word) * both
    return 0.5 * total


def _damping(paper: Terms, rarity: Rarity) -> float:
    return _K1 * (1 - _B + _B * paper.length / rarity.mean_length)


def _weighed(count: int, damping: float) -> float:
    """The weight of a word in a document, without its rarity."""
    return count * (_K1 + 1) / (count + damping)


def _asked(count: int) -> float:
    """The weight of a word in a query: a repeated word counts a little more."""
    capped = min(count, _MOST_COUNTED)
    return 2 * capped / (capped + 1)


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.casefold()) if word not in FUNCTION_WORDS]
