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
        self.mean_length = sum(paper.length for paper in papers) / len(papers) if papers else 1.0

    def idf(self, word: str) -> float:
        having = self._papers_with[word]
        return math.log(1 + (self._papers - having + 0.5) / (having + 0.5))


def shared_terms(paper: Terms, others: Sequence[Terms], rarity: Rarity) -> list[float]:
    """For each other paper the mean of BM25 asked from either side."""
    asked, weighed = _asked(paper), _weighed(paper, rarity)
    return [
        0.5 * (_dot(asked, _weighed(other, rarity)) + _dot(weighed, _asked(other)))
        if paper.counts.keys() & other.counts.keys()
        else 0.0
        for other in others
    ]


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.casefold()) if word not in FUNCTION_WORDS]


def _weighed(paper: Terms, rarity: Rarity) -> dict[str, float]:
    """The weight of each word as that of a document."""
    damping = _K1 * (1 - _B + _B * paper.length / rarity.mean_length)
    return {word: count * (_K1 + 1) / (count + damping) * rarity.idf(word) for word, count in paper.counts.items()}


def _asked(paper: Terms) -> dict[str, float]:
    """The weight of each word as that of a query: a repeated word counts a little more."""
    return {
        word: 2 * capped / (capped + 1) for word, count in paper.counts.items() if (capped := min(count, _MOST_COUNTED))
    }


def _dot(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    return sum(left[word] * right[word] for word in left.keys() & right.keys())
