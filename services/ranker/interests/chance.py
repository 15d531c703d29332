"""How likely a finding is by chance alone: exact tails, because likes that mean nothing are a random draw.

If what somebody likes has nothing to do with a set of papers, likes and other papers are exchangeable, so the number of
likes in the set follows the hypergeometric distribution, whatever the set looks like.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.ranker.similarity import Array


def chance_of(hits: int, likes: int, marked: int, papers: int) -> float:
    """The chance of `hits` or more among `likes` papers drawn from `papers` of which `marked` are marked."""
    most = min(likes, marked)
    if hits <= max(0, likes + marked - papers):
        return 1.0
    if hits > most:
        return 0.0
    counts = np.arange(hits, most + 1, dtype=np.int_)
    logs = _log_choose(marked, counts) + _log_choose(papers - marked, likes - counts) - _log_choose(papers, likes)
    return float(min(1.0, np.exp(logs).sum()))


def lift_interval(hits: int, likes: int, marked: int, others: int) -> tuple[float, float, float]:
    """How many times more often among likes than among others, and its 95 % interval (Katz and others, 1978)."""
    inside, outside = (hits + 0.5) / (likes + 0.5), (marked + 0.5) / (others + 0.5)
    spread = 1.96 * np.sqrt(1 / (hits + 0.5) - 1 / (likes + 0.5) + 1 / (marked + 0.5) - 1 / (others + 0.5))
    lift = inside / outside
    return float(lift), float(lift * np.exp(-spread)), float(lift * np.exp(spread))


def adjusted(chances: Array) -> Array:
    """For each finding the share of false ones among those at least as sure (Benjamini and Hochberg, 1995)."""
    count = len(chances)
    order = np.argsort(chances)
    raised = chances[order] * count / np.arange(1, count + 1)
    least = np.minimum.accumulate(raised[::-1])[::-1]
    result = np.empty(count)
    result[order] = np.minimum(least, 1.0)
    return result


def _log_choose(total: int, chosen: NDArray[np.int_] | int) -> Array:
    table = _log_factorials(1 << max(10, int(total).bit_length()))
    parts = np.asarray(chosen)
    fits = (parts >= 0) & (parts <= total)
    safe = np.where(fits, parts, 0)
    return np.where(fits, table[total] - table[safe] - table[total - safe], -np.inf)


@lru_cache(4)
def _log_factorials(size: int) -> Array:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size + 1, dtype=np.float64)))])
