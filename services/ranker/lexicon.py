"""The words, authors and categories of what was liked: TF-IDF against other papers, in plain arrays.

Words and pairs of words fall into buckets by a hash (Weinberger et al., ICML 2009), so that no vocabulary is kept. An
author or category is a word of its own: a liked author is rare and weighs much, a common category little.
"""

import itertools
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.store.metadata import Paper

Array = NDArray[np.float64]
Bag = tuple[NDArray[np.int64], Array]

BUCKETS = 1 << 17
_SHARE = 0.05
_HALF = 5
_DISLIKE_SHARE = 0.5
_LEAST_OTHERS = 50
_WORD = re.compile(r"[^\W\d_][\w-]{2,}", re.UNICODE)
_MOST = 6.0


@dataclass(frozen=True, eq=False)
class Lexicon:
    """`rarity` and `liking` (one number a bucket), with mean and spread of the likeness over other papers."""

    rarity: NDArray[np.float32]
    liking: NDArray[np.float32]
    mean: float
    spread: float
    share: float

    def merits(self, bags: Sequence[Bag]) -> Array:
        """What n papers gain by their words: spreads above other papers, times the share that words have."""
        found = np.array([_likeness(bag, self.rarity, self.liking) for bag in bags], dtype=np.float64)
        return np.asarray(self.share * np.clip((found - self.mean) / self.spread, -_MOST, _MOST))


def bag_of(text: str, authors: Iterable[str] = (), categories: Iterable[str] = ()) -> Bag:
    """The buckets of a paper and how much each one counts."""
    words = [word.casefold() for word in _WORD.findall(text)]
    pairs = [f"{one} {other}" for one, other in itertools.pairwise(words)]
    names = [f"author:{' '.join(name.casefold().split())}" for name in authors]
    tokens = [*words, *pairs, *names, *(f"category:{name}" for name in categories)]
    buckets, counts = np.unique([zlib.crc32(token.encode()) % BUCKETS for token in tokens], return_counts=True)
    return buckets.astype(np.int64), 1 + np.log(counts) if len(tokens) else np.zeros(0)


def bag_of_paper(paper: Paper | None) -> Bag:
    """The same of a stored paper; empty for one that was never harvested."""
    return bag_of(paper.text, paper.authors, paper.categories) if paper is not None else bag_of("")


def lexicon_of(liked: Sequence[Bag], disliked: Sequence[Bag], others: Sequence[Bag]) -> Lexicon | None:
    """What the liked papers have in common beyond the others; None where there is too little to compare."""
    if not liked or len(others) < _LEAST_OTHERS:
        return None
    having = np.ones(BUCKETS)
    for buckets, _ in (*others, *liked):
        having[buckets] += 1
    rarity = np.log((len(others) + len(liked) + 1) / having).astype(np.float32) + np.float32(1)
    liking = (_middle(liked, rarity) - _DISLIKE_SHARE * _middle(disliked, rarity)).astype(np.float32)
    known = np.array([_likeness(bag, rarity, liking) for bag in others])
    share = _SHARE * len(liked) / (len(liked) + _HALF)
    return Lexicon(rarity, liking, float(known.mean()), max(float(known.std()), 1e-6), share)


def _likeness(bag: Bag, rarity: NDArray[np.float32], liking: NDArray[np.float32]) -> float:
    buckets, counts = bag
    weights = counts * rarity[buckets]
    return float(weights @ liking[buckets] / max(float(np.sqrt(weights @ weights)), 1e-9))


def _middle(bags: Sequence[Bag], rarity: NDArray[np.float32]) -> Array:
    total = np.zeros(BUCKETS)
    for buckets, counts in bags:
        weights = counts * rarity[buckets]
        total[buckets] += weights / max(float(np.sqrt(weights @ weights)), 1e-9)
    return total / max(len(bags), 1)
