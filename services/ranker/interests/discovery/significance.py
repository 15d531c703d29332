"""How likely an association is by chance alone: exact tails, as likes are a random draw under the null model.

If what somebody likes has nothing to do with a set of papers, likes and other papers are exchangeable, so the number of
likes in the set follows the hypergeometric distribution, whatever the set looks like.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.ranker.learning.similarity import Array

_TINY = 1e-9


def tail_probability(hits: int, likes: int, marked: int, papers: int) -> float:
    """The probability of `hits` or more among `likes` papers drawn from `papers` of which `marked` are marked."""
    return float(tail_probabilities(likes, marked, papers)[hits]) if hits <= likes else 0.0


def tail_probabilities(likes: int, marked: int, papers: int) -> Array:
    """The same for 0, 1, ... `likes` hits: the upper tails of the hypergeometric distribution."""
    counts = np.arange(likes + 1, dtype=np.int_)
    logs = _log_choose(marked, counts) + _log_choose(papers - marked, likes - counts) - _log_choose(papers, likes)
    tails = np.asarray(np.minimum(1.0, np.cumsum(np.exp(logs)[::-1])[::-1]))
    tails[0] = 1.0
    return tails


def lift_interval(hits: int, likes: int, marked: int, others: int, tail: float = 0.025) -> tuple[float, float, float]:
    """How many times more often among likes than among others, and an interval that misses it at either end by `tail`.

    Exact limits of both shares (Clopper and Pearson, 1934), put together for their ratio on a log scale (MOVER; Zou and
    Donner, Statistics in Medicine, 2008).
    """
    inside, outside = max(hits, 0.5) / likes, max(marked, 0.5) / others
    least, most = _share_limits(hits, likes, tail)
    least_outside, most_outside = _share_limits(marked, others, tail)
    low = np.hypot(np.log(inside / max(least, _TINY)), np.log(most_outside / outside))
    high = np.hypot(np.log(most / inside), np.log(outside / max(least_outside, _TINY)))
    lift = inside / outside
    return float(lift), float(lift * np.exp(-low)), float(lift * np.exp(high))


def _share_limits(hits: int, papers: int, tail: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    low = float(betaincinv(hits, papers - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, papers - hits, 1 - tail)) if hits < papers else 1.0
    return low, high


def _log_choose(total: int, chosen: NDArray[np.int_] | int) -> Array:
    table = _log_factorials(1 << max(10, int(total).bit_length()))
    parts = np.asarray(chosen)
    fits = (parts >= 0) & (parts <= total)
    safe = np.where(fits, parts, 0)
    return np.where(fits, table[total] - table[safe] - table[total - safe], -np.inf)


@lru_cache(4)
def _log_factorials(size: int) -> Array:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size + 1, dtype=np.float64)))])
