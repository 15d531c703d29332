"""A day's selection: which of the candidates are picked, and what became of each of the others. Pure.

Every candidate gets a rank, a fate, and the chance it had of being picked; nothing drops out in silence.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shared.store.vectors.embeddings import Matrix

Bar = Literal["withdrawn", "disliked", "already_read"]
Fate = Literal["picked", "below_quota", "below_threshold", "near_duplicate", "thinned", Bar]
PickSlot = Literal["top", "explore", "revised", ""]

Array = NDArray[np.float64]

_MIDDLE = (0.25, 0.75)
_LOOKED_THROUGH = 20
"""So many candidates a place are looked through for variety; far below the best, variety is no merit."""


@dataclass(frozen=True)
class Quota:
    """`per_day` picks, `explore` of them drawn from the middle. More alike than `duplicate_cosine`: one paper.

    `diversity` in [0, 1) is what likeness to better picks costs against score. Below a probability of `threshold` no
    paper is picked on its merits. At most `returns` picks are new versions of papers that were liked.
    """

    per_day: int
    explore: int
    duplicate_cosine: float
    diversity: float = 0.0
    threshold: float = 0.0
    returns: int = 1


@dataclass(frozen=True, slots=True)
class Contender:
    """A paper that competes; `barred` is why it cannot be picked. `returns`: a new version of a liked one."""

    paper_id: str
    score: float
    barred: Bar | None = None
    probability: float | None = None
    returns: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a contender. `rank` 1 is best; `double_of` is the better pick it resembles, `cosine` how nearly.

    `propensity` is the chance it had of being picked here: 1 on its merits, the share of the draw in exploration.
    """

    paper_id: str
    score: float
    rank: int
    fate: Fate
    slot: PickSlot = ""
    double_of: str = ""
    cosine: float = 0.0
    probability: float | None = None
    propensity: float = 0.0


def select_papers(contenders: Sequence[Contender], vectors: Matrix, quota: Quota, seed: str) -> list[Placed]:
    """The fate of each contender, best first. `vectors[i]` (length 1) is of `contenders[i]`.

    The same input gives the same output: draws depend on `seed` alone, ties are broken by id.
    """
    order = sorted(range(len(contenders)), key=lambda row: (-contenders[row].score, contenders[row].paper_id))
    ranked = [contenders[row] for row in order]
    placed = [_unpicked(one, rank, quota) for rank, one in enumerate(ranked, 1)]
    explore = min(quota.explore, quota.per_day - 1)
    rows = [row for row, one in enumerate(placed) if one.fate == "below_quota"]
    matrix = vectors[[order[row] for row in rows]]
    _pick_best(placed, rows, matrix, [ranked[row].returns for row in rows], quota, quota.per_day - explore)
    _draw_middle(placed, explore, random.Random(seed))
    return placed


def _unpicked(one: Contender, rank: int, quota: Quota) -> Placed:
    unlikely = one.probability is not None and one.probability < quota.threshold
    fate: Fate = one.barred or ("below_threshold" if unlikely else "below_quota")
    return Placed(one.paper_id, one.score, rank, fate, probability=one.probability)


def _pick_best(
    placed: list[Placed], rows: list[int], vectors: Matrix, returns: list[bool], quota: Quota, count: int
) -> None:
    """Mark the best `count` that repeat no better pick, what repeats one, and what was passed over for variety.

    Maximal marginal relevance (Carbonell, Goldstein, SIGIR 1998): the score, on a scale from the worst to the best of
    those looked through, against the greatest cosine to what is picked. `vectors[i]` is of `placed[rows[i]]`.
    """
    relevance = _relevance([placed[row].score for row in rows], count, quota.diversity)
    nearest, cosines = np.full(len(rows), -1), np.zeros(len(rows), dtype=np.float32)
    is_open = np.isfinite(relevance)
    is_double = np.zeros(len(rows), dtype=bool)
    picked: list[int] = []
    returned = 0
    while len(picked) < count and is_open.any():
        merit = np.where(is_open, (1 - quota.diversity) * relevance - quota.diversity * cosines, -np.inf)
        best = int(merit.argmax())
        is_open[best] = False
        if returns[best] and returned == quota.returns:
            placed[rows[best]] = replace(placed[rows[best]], fate="already_read")
            continue
        returned += returns[best]
        picked.append(best)
        towards = vectors @ vectors[best]
        nearest, cosines = np.where(towards > cosines, best, nearest), np.maximum(cosines, towards)
        is_double |= cosines > quota.duplicate_cosine
        is_open &= ~is_double
    for one in picked:
        slot: PickSlot = "revised" if returns[one] else "top"
        placed[rows[one]] = replace(placed[rows[one]], fate="picked", slot=slot, propensity=1.0)
    last = max(picked, default=-1)
    for one in np.flatnonzero(is_double | (is_open & (np.arange(len(rows)) < last))).tolist():
        if one not in picked:
            fate: Fate = "near_duplicate" if is_double[one] else "thinned"
            better = placed[rows[int(nearest[one])]].paper_id if nearest[one] >= 0 else ""
            row = rows[one]
            placed[row] = replace(placed[row], fate=fate, double_of=better, cosine=float(cosines[one]))


def _relevance(scores: list[float], count: int, diversity: float) -> Array:
    """Scores from 0 to 1; below those that are looked through, none. `scores` are sorted, best first."""
    depth = min(len(scores), _LOOKED_THROUGH * count) if diversity else len(scores)
    relevance = np.full(len(scores), -np.inf)
    if depth:
        best, worst = scores[0], scores[depth - 1]
        relevance[:depth] = (np.array(scores[:depth]) - worst) / max(best - worst, 1e-12)
    return relevance


def _draw_middle(placed: list[Placed], count: int, rng: random.Random) -> None:
    """Exploration: an even draw from the middle half of what is left, or from all of it where little is left."""
    left = [row for row, one in enumerate(placed) if one.fate in ("below_quota", "below_threshold", "thinned")]
    first, last = (int(np.floor(len(left) * bound)) for bound in _MIDDLE)
    middle = left[first:last] if last - first >= count else left
    drawn = set(rng.sample(middle, min(count, len(middle))))
    share = len(drawn) / max(len(middle), 1)
    for row in middle:
        if row in drawn:
            placed[row] = replace(placed[row], fate="picked", slot="explore", propensity=share)
        else:
            placed[row] = replace(placed[row], propensity=share)
