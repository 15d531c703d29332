"""What the like of a missed paper does by itself, as a seed would: tried on the days before it was given. Pure.

Two models are fitted that differ by this like alone; all other missed papers are left out of both, so that none is
found by its own rating. What they differ by is added to the scores that were recorded.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from services.ranker.learning.similarity import Array, ProjectedVectors, projected_vectors
from services.ranker.learning.taste import Taste, learn
from services.ranker.missed.past_days import PastDay

_LOGITS_A_SPREAD = 0.25
"""A score is `to_score` of a z-score, whose logit is a quarter of it."""


class LikeEffect:
    """Of a user's missed papers, by the taste in use; `missed` are all of them."""

    def __init__(self, taste: Taste, regression_from: int, missed: Collection[str], days: Sequence[PastDay]) -> None:
        self._taste, self._regression_from, self._missed = taste, regression_from, frozenset(missed)
        self._base = self._fitted("")
        self._days = [(day, projected_vectors(day.matrix, taste.background)) for day in days] if self.is_known else []
        self._before = [self._base.z_scores_of_projected(projected) for _, projected in self._days]

    @property
    def is_known(self) -> bool:
        """Whether anything can be told: without other likes and random papers there is nothing to compare with."""
        return self._base.regime in ("similarity", "regression")

    def added(self, paper_id: str, rated_at: datetime) -> list[Array] | None:
        """What the like of a paper adds to the logits of each day before it was given; None where it is not known."""
        if not self.is_known or paper_id not in self._taste.likes.names:
            return None
        with_it = self._fitted(paper_id)
        return [
            _difference(with_it, projected, before) if day.recorded.moment < rated_at else np.zeros(len(day.ids))
            for (day, projected), before in zip(self._days, self._before, strict=True)
        ]

    def _fitted(self, kept: str) -> Taste:
        """Without the missed papers, but for one."""
        likes = self._taste.likes
        rows = [row for row, name in enumerate(likes.names) if name == kept or name not in self._missed]
        draft = replace(self._taste, likes=likes.rows(np.array(rows, dtype=np.intp)))
        return learn(draft, self._taste.background, self._regression_from)


def _difference(taste: Taste, papers: ProjectedVectors, before: Array) -> Array:
    return np.asarray(_LOGITS_A_SPREAD * (taste.z_scores_of_projected(papers) - before))
