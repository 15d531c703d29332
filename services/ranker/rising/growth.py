"""Whether a concept has grown: exact tails of its counts, allowing for how much counts usually drift. Pure.

Under the null model a concept's papers are spread over time as the papers of its categories are. So, of n of them, the
number in the newest weeks is binomial; as shares drift from month to month without rising for good, it is taken to be
beta-binomial, with the drift that the months before show over all concepts together.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.ranker.learning.similarity import Array

Counts = NDArray[np.int_]

_ENOUGH_TO_DRIFT = 20
_MOST_DRIFT = 0.05


def drift_of(counts: Counts, papers: Counts) -> float:
    """The intra-class correlation of papers of one concept within windows, 0 where counts vary as chance says.

    `counts` are windows x concepts, `papers` all papers of each window. Method of moments over all concepts with 20
    papers or more; trends pass for drift, which makes the test stricter.
    """
    totals = counts.sum(axis=0)
    enough = totals >= _ENOUGH_TO_DRIFT
    if len(papers) < 2 or not enough.any() or not papers.all():
        return 0.0
    shares = papers / papers.sum()
    total = totals[enough].astype(np.float64)
    within = float((shares * (1 - shares)).sum())
    excess = ((counts[:, enough] - np.outer(shares, total)) ** 2).sum(axis=0) - total * within
    return float(np.clip(excess.sum() / (total * (total - 1)).sum() / within, 0.0, _MOST_DRIFT))


def tail_probabilities(hits: Any, totals: Any, shares: Any, drift: float) -> Array:
    """The probabilities of `hits` or more of `totals`, each with probability `shares`, correlated by `drift`."""
    from scipy.stats import betabinom, binom

    expected = np.clip(shares, 1e-9, 1 - 1e-9)
    if drift <= 0:
        return np.asarray(binom.sf(np.asarray(hits) - 1, totals, expected))
    size = (1 - drift) / drift
    return np.asarray(betabinom.sf(np.asarray(hits) - 1, totals, expected * size, (1 - expected) * size))


def adjusted(p_values: Array, tests: int) -> Array:
    """Benjamini and Hochberg's (1995) adjusted p-values of some of `tests` tests, the others taken to be 1."""
    order = np.argsort(p_values, kind="stable")
    ranked = p_values[order] * tests / np.arange(1, len(p_values) + 1)
    result = np.empty(len(p_values))
    result[order] = np.minimum(1.0, np.minimum.accumulate(ranked[::-1])[::-1])
    return result


def growth_interval(recent: int, before: int, share: float, tail: float) -> tuple[float, float]:
    """How many times more often than before, and the lower end of it that is too high with probability `tail`.

    By the exact limit (Clopper and Pearson, 1934) of the recent share of all, against the `share` expected. The first
    is infinite where there was none before.
    """
    from scipy.special import betaincinv

    odds = share / (1 - share)
    least = float(betaincinv(recent, before + 1, tail)) if recent else 0.0
    return (recent / before / odds if before else float("inf")), least / (1 - least) / odds


def windows_covered(papers: Sequence[int], fewest_share: float = 0.5) -> int:
    """How many windows, the newest first, have about as many papers as they should: half of the newest at least.

    Before that the store was not harvested, or only what was revised since is there.
    """
    covered = 0
    for count in papers:
        if not papers[0] or count < fewest_share * papers[0]:
            break
        covered += 1
    return covered
