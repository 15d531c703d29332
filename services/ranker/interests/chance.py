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
    return float(tail_chances(likes, marked, papers)[hits]) if hits <= likes else 0.0


def tail_chances(likes: int, marked: int, papers: int) -> Array:
    """The chance of 0, 1, ... `likes` or more among `likes` papers drawn from `papers` of which `marked` are marked."""
    counts = np.arange(likes + 1, dtype=np.int_)
    logs = _log_choose(marked, counts) + _log_choose(papers - marked, likes - counts) - _log_choose(papers, likes)
    tails = np.minimum(1.0, np.cumsum(np.exp(logs)[::-1])[::-1])
    tails[0] = 1.0
    return tails


def lift_interval(hits: int, likes: int, marked: int, others: int, width: float = 1.96) -> tuple[float, float, float]:
    """How many times more often among likes than among others, and that times and by `width` standard errors.

    The interval is that of Katz and others, 1978: 95 % at 1.96, where the mark was chosen without looking.
    """
    inside, outside = (hits + 0.5) / (likes + 0.5), (marked + 0.5) / (others + 0.5)
    spread = width * np.sqrt(1 / (hits + 0.5) - 1 / (likes + 0.5) + 1 / (marked + 0.5) - 1 / (others + 0.5))
    lift = inside / outside
    return float(lift), float(lift * np.exp(-spread)), float(lift * np.exp(spread))


def _log_choose(total: int, chosen: NDArray[np.int_] | int) -> Array:
    table = _log_factorials(1 << max(10, int(total).bit_length()))
    parts = np.asarray(chosen)
    fits = (parts >= 0) & (parts <= total)
    safe = np.where(fits, parts, 0)
    return np.where(fits, table[total] - table[safe] - table[total - safe], -np.inf)


@lru_cache(4)
def _log_factorials(size: int) -> Array:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size + 1, dtype=np.float64)))])
