"""A day's selection: which of the candidates are picked, and what became of each of the others. Pure.

Every candidate gets a rank, an outcome and its probability of being picked.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shared.contracts import CandidateOutcome, Exclusion
from shared.store.vectors.embeddings import Matrix

PickSlot = Literal["top", "facet", "explore", "revised", ""]

Array = NDArray[np.float64]

_MIDDLE = (0.25, 0.75)
_RERANKED = 20
"""So many candidates per pick are re-ranked for diversity; papers far below the best do not gain by it."""


@dataclass(frozen=True)
class Quota:
    """`per_day` picks, `explore` of them drawn from the middle. More alike than `duplicate_cosine`: one paper.

    `diversity` in [0, 1) is the weight of similarity to better picks against the score. Below a probability of
    `threshold` no paper is picked by score. At most `returns` picks are new versions of papers that were liked.
    """

    per_day: int
    explore: int
    duplicate_cosine: float
    diversity: float = 0.0
    threshold: float = 0.0
    returns: int = 1


@dataclass(frozen=True, slots=True)
class Contender:
    """A paper that competes; `excluded` is why it cannot be picked. `returns`: a new version of a liked one."""

    paper_id: str
    score: float
    excluded: Exclusion | None = None
    probability: float | None = None
    returns: bool = False


@dataclass(frozen=True, slots=True)
class RankedPaper:
    """What became of a contender. `rank` 1 is best; `similar_to` is the better pick it resembles, `cosine` how nearly.

    `propensity` is its probability of being picked here: 1 by score, the share of the draw in exploration.
    """

    paper_id: str
    score: float
    rank: int
    outcome: CandidateOutcome
    slot: PickSlot = ""
    similar_to: str = ""
    cosine: float = 0.0
    probability: float | None = None
    propensity: float = 0.0


def select_papers(contenders: Sequence[Contender], vectors: Matrix, quota: Quota, seed: str) -> list[RankedPaper]:
    """The outcome of each contender, best first. `vectors[i]` (length 1) is of `contenders[i]`.

    The same input gives the same output: draws depend on `seed` alone, ties are broken by id.
    """
    order = sorted(range(len(contenders)), key=lambda row: (-contenders[row].score, contenders[row].paper_id))
    ordered = [contenders[row] for row in order]
    ranked = [_unpicked(contender, rank, quota) for rank, contender in enumerate(ordered, 1)]
    explore = min(quota.explore, quota.per_day - 1)
    rows = [row for row, paper in enumerate(ranked) if paper.outcome == "below_quota"]
    matrix = vectors[[order[row] for row in rows]]
    _pick_best(ranked, rows, matrix, [ordered[row].returns for row in rows], quota, quota.per_day - explore)
    _draw_middle(ranked, explore, random.Random(seed))
    return ranked


def _unpicked(contender: Contender, rank: int, quota: Quota) -> RankedPaper:
    unlikely = contender.probability is not None and contender.probability < quota.threshold
    outcome: CandidateOutcome = contender.excluded or ("below_threshold" if unlikely else "below_quota")
    return RankedPaper(contender.paper_id, contender.score, rank, outcome, probability=contender.probability)


def _pick_best(
    ranked: list[RankedPaper], rows: list[int], vectors: Matrix, returns: list[bool], quota: Quota, count: int
) -> None:
    """Mark the best `count` that repeat no better pick, what repeats one, and what was skipped for diversity.

    Maximal marginal relevance (Carbonell, Goldstein, SIGIR 1998): the score, on a scale from the worst to the best of
    those re-ranked, against the greatest cosine to what is picked. `vectors[i]` is of `ranked[rows[i]]`.
    """
    relevance = _relevance([ranked[row].score for row in rows], count, quota.diversity)
    nearest, cosines = np.full(len(rows), -1), np.zeros(len(rows), dtype=np.float32)
    is_open = np.isfinite(relevance)
    is_double = np.zeros(len(rows), dtype=bool)
    picked: list[int] = []
    returned = 0
    while len(picked) < count and is_open.any():
        marginal = np.where(is_open, (1 - quota.diversity) * relevance - quota.diversity * cosines, -np.inf)
        best = int(marginal.argmax())
        is_open[best] = False
        if returns[best] and returned == quota.returns:
            ranked[rows[best]] = replace(ranked[rows[best]], outcome="already_read")
            continue
        returned += returns[best]
        picked.append(best)
        similarity = vectors @ vectors[best]
        nearest, cosines = np.where(similarity > cosines, best, nearest), np.maximum(cosines, similarity)
        is_double |= cosines > quota.duplicate_cosine
        is_open &= ~is_double
    for index in picked:
        slot: PickSlot = "revised" if returns[index] else "top"
        ranked[rows[index]] = replace(ranked[rows[index]], outcome="picked", slot=slot, propensity=1.0)
    last = max(picked, default=-1)
    for index in np.flatnonzero(is_double | (is_open & (np.arange(len(rows)) < last))).tolist():
        if index not in picked:
            outcome: CandidateOutcome = "near_duplicate" if is_double[index] else "thinned"
            better = ranked[rows[int(nearest[index])]].paper_id if nearest[index] >= 0 else ""
            row = rows[index]
            ranked[row] = replace(ranked[row], outcome=outcome, similar_to=better, cosine=float(cosines[index]))


def _relevance(scores: list[float], count: int, diversity: float) -> Array:
    """Scores scaled to 0 to 1; minus infinity below those that are re-ranked. `scores` are sorted, best first."""
    depth = min(len(scores), _RERANKED * count) if diversity else len(scores)
    relevance = np.full(len(scores), -np.inf)
    if depth:
        best, worst = scores[0], scores[depth - 1]
        relevance[:depth] = (np.array(scores[:depth]) - worst) / max(best - worst, 1e-12)
    return relevance


def _draw_middle(ranked: list[RankedPaper], count: int, rng: random.Random) -> None:
    """Exploration: a uniform draw from the middle half of what is left, or from all of it where little is left."""
    left = [row for row, paper in enumerate(ranked) if paper.outcome in ("below_quota", "below_threshold", "thinned")]
    first, last = (int(np.floor(len(left) * bound)) for bound in _MIDDLE)
    middle = left[first:last] if last - first >= count else left
    drawn = set(rng.sample(middle, min(count, len(middle))))
    share = len(drawn) / max(len(middle), 1)
    for row in middle:
        if row in drawn:
            ranked[row] = replace(ranked[row], outcome="picked", slot="explore", propensity=share)
        else:
            ranked[row] = replace(ranked[row], propensity=share)
