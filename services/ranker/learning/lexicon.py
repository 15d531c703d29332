"""The words, authors and categories of what was liked: TF-IDF against other papers, in plain arrays.

Words and pairs of words fall into buckets by a hash (Weinberger et al., ICML 2009), so that no vocabulary is kept. An
author or category is a word of its own: a liked author is rare and weighs much, a common category little. What is
disliked lowers papers by the words that set it apart from what is liked (see `contrast`).
"""

import itertools
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.ranker.learning.contrast import LEAST_LIKES, NO_ODDS, Odds, doubted, odds_of
from shared.store.papers.metadata import Paper

Array = NDArray[np.float64]
Bag = tuple[NDArray[np.int64], Array]

BUCKETS = 1 << 17
_SHARE = 0.05
_HALF = 5
_LEAST_OTHERS = 50
_DISLIKE_SHARE = 0.5
_WORD = re.compile(r"[^\W\d_][\w-]{2,}", re.UNICODE)
_MOST = 6.0


@dataclass(frozen=True, eq=False)
class Lexicon:
    """`rarity` and `liking` (one number a bucket), with mean and spread of the likeness over other papers.

    `telling` (a number a bucket, or none) points from disliked to liked words, and `odds` say how far it tells them
    apart.
    """

    rarity: NDArray[np.float32]
    liking: NDArray[np.float32]
    mean: float
    spread: float
    share: float
    telling: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    odds: Odds = NO_ODDS

    def z_scores(self, bags: Sequence[Bag]) -> Array:
        """What n papers gain by words of what was liked: spreads above other papers, times the share of words."""
        likenesses = _likenesses(bags, self.rarity, self.liking)
        return np.asarray(self.share * np.clip((likenesses - self.mean) / self.spread, -_MOST, _MOST))

    def added(self, z_scores: Array, bags: Sequence[Bag]) -> Array:
        """Z-scores of n papers, with what they gain and lose by their words; or n z_scores of one paper."""
        gained = z_scores + self.z_scores(bags)
        return doubted(gained, self.doubts(bags)) if len(self.telling) else gained

    def doubts(self, bags: Sequence[Bag]) -> Array:
        """How far n papers are taken for dislikes by their words."""
        has_words = np.array([len(buckets) > 0 for buckets, _ in bags], dtype=bool)
        return np.where(has_words, self.odds.doubts(_likenesses(bags, self.rarity, self.telling)), 0.0)


def bag_of(text: str, authors: Iterable[str] = (), categories: Iterable[str] = ()) -> Bag:
    """The buckets of a paper and how much each one counts."""
    words = [word.casefold() for word in _WORD.findall(text)]
    pairs = [f"{first} {second}" for first, second in itertools.pairwise(words)]
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
    centroid = _centroid(liked, rarity)
    telling, odds = _telling(liked, disliked, rarity)
    # With a single like nothing can be left out: then dislikes count by what they are, not by what sets them apart.
    liking = centroid if len(telling) or not disliked else centroid - _DISLIKE_SHARE * _centroid(disliked, rarity)
    kept = liking.astype(np.float32)
    likenesses = _likenesses(others, rarity, kept)
    odds = odds.centred(_likenesses(others, rarity, telling)) if len(telling) else odds
    share = _SHARE * len(liked) / (len(liked) + _HALF)
    return Lexicon(rarity, kept, float(likenesses.mean()), max(float(likenesses.std()), 1e-6), share, telling, odds)


def _telling(
    liked: Sequence[Bag], disliked: Sequence[Bag], rarity: NDArray[np.float32]
) -> tuple[NDArray[np.float32], Odds]:
    """The words of the likes less those of the dislikes, and how far these tell papers apart that had no part in them.

    Nothing without a dislike or with fewer than two likes.
    """
    if len(liked) < LEAST_LIKES or not disliked:
        return np.zeros(0, np.float32), NO_ODDS
    centroids = [_centroid(bags, rarity) for bags in (liked, disliked)]
    telling = (centroids[0] - centroids[1]).astype(np.float32)
    # A paper's likeness to its own kind without itself: it is itself 1/n of the mean, at a cosine of 1.
    own = [
        (_likenesses(bags, rarity, centroid) * len(bags) - 1) / max(len(bags) - 1, 1)
        for bags, centroid in zip((liked, disliked), centroids, strict=True)
    ]
    likes = own[0] - _likenesses(liked, rarity, centroids[1])
    dislikes = _likenesses(disliked, rarity, centroids[0]) - own[1]
    counted = (np.ones(len(liked)), np.ones(len(disliked)))
    return telling, odds_of(likes, dislikes if len(disliked) > 1 else _likenesses(disliked, rarity, telling), counted)


def _likeness(bag: Bag, rarity: NDArray[np.float32], liking: NDArray[np.floating]) -> float:
    buckets, counts = bag
    weights = counts * rarity[buckets]
    return float(weights @ liking[buckets] / max(float(np.sqrt(weights @ weights)), 1e-9))


def _likenesses(bags: Sequence[Bag], rarity: NDArray[np.float32], liking: NDArray[np.floating]) -> Array:
    return np.array([_likeness(bag, rarity, liking) for bag in bags], dtype=np.float64)


def _centroid(bags: Sequence[Bag], rarity: NDArray[np.float32]) -> Array:
    total = np.zeros(BUCKETS)
    for buckets, counts in bags:
        weights = counts * rarity[buckets]
        total[buckets] += weights / max(float(np.sqrt(weights @ weights)), 1e-9)
    return total / max(len(bags), 1)
