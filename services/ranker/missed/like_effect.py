"""What the like of a missed paper does by itself, as a seed would: tried on the days before it was given. Pure.

Two models are fitted that differ by this like alone; all other missed papers are left out of both, so that none is
found by its own rating. What they differ by is added to the scores that were recorded.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from services.ranker.learning.similarity import Array, projected_vectors
from services.ranker.learning.taste import Taste, learn
from services.ranker.missed.past_days import PastDay

_LOGITS_A_SPREAD = 0.25
"""A score is `to_score` of a z-score, whose logit is a quarter of it."""


def likes_effects(
    taste: Taste, regression_from: int, missed: Mapping[str, datetime], asked: Collection[str], days: Sequence[PastDay]
) -> dict[str, list[Array]]:
    """For each paper asked for, what its like adds to the logits of each day's papers before it was given.

    `missed` are all missed papers with the moments of their ratings. Nothing is told where there are no other likes and
    random papers to compare with, and of papers without a vector.
    """
    base = _fitted(taste, regression_from, missed, "")
    if base.regime not in ("similarity", "regression"):
        return {}
    known = [name for name in asked if name in taste.likes.names]
    fitted = {name: _fitted(taste, regression_from, missed, name) for name in known}
    added: dict[str, list[Array]] = {name: [] for name in known}
    for day in days:  # one after the other: projected vectors of many days take much memory
        projected = projected_vectors(day.matrix, taste.background)
        before = base.z_scores_of_projected(projected)
        for name, with_it in fitted.items():
            is_before = day.recorded.moment < missed[name]
            moved = with_it.z_scores_of_projected(projected) - before if is_before else np.zeros(len(day.ids))
            added[name].append(_LOGITS_A_SPREAD * moved)
    return added


def _fitted(taste: Taste, regression_from: int, missed: Collection[str], kept: str) -> Taste:
    """Without the missed papers, but for one."""
    likes = taste.likes
    rows = [row for row, name in enumerate(likes.names) if name == kept or name not in missed]
    draft = replace(taste, likes=likes.rows(np.array(rows, dtype=np.intp)))
    return learn(draft, taste.background, regression_from)
