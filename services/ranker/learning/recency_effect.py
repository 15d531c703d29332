"""The effect of a paper's age, when it was rated, on the rating: some like the newest, some what has stood a while.

Likes against dislikes only: unrated papers have no age as of a rating. Applied as far as it is significant, and small
even then.
"""

from dataclasses import dataclass

import numpy as np

from services.ranker.learning.similarity import Array

_SHARE = 0.1
_LEAST_OF_EACH = 10
_LEAST_SPREAD = 0.1
_DOUBT = 2.0
_MOST = 2.0


@dataclass(frozen=True)
class RecencyEffect:
    """`weight` (spreads of ordinary papers; above 0: older is better) for each `spread` of log days above `mean`."""

    mean: float
    spread: float
    weight: float

    def z_scores(self, days: Array) -> Array:
        """What n papers gain by their age in days; nothing where it is NaN."""
        moved = (np.log1p(np.maximum(days, 0)) - self.mean) / self.spread
        return np.asarray(self.weight * np.nan_to_num(np.clip(moved, -_MOST, _MOST)))


def fit_recency_effect(liked: Array, disliked: Array) -> RecencyEffect | None:
    """From the ages in days that papers had when rated; None where likes and dislikes do not differ by age."""
    logs = [np.log1p(np.maximum(days[np.isfinite(days)], 0)) for days in (liked, disliked)]
    if min(map(len, logs)) < _LEAST_OF_EACH:
        return None
    spread = max(float(np.sqrt(np.mean([ages.var() for ages in logs]))), _LEAST_SPREAD)
    apart = float(logs[0].mean() - logs[1].mean()) / spread
    sure = abs(apart) - _DOUBT * float(np.sqrt(sum(1 / len(ages) for ages in logs)))
    if sure <= 0:
        return None
    both = np.concatenate(logs)
    return RecencyEffect(float(both.mean()), spread, float(np.sign(apart)) * _SHARE * min(sure, 1.0))
