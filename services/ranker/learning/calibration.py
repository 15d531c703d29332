"""From scores to the probability of a like: Platt scaling (1999), on leave-one-out scores.

The probability departs from the base rate only as far as that improves predictions of held-out ratings; with few
ratings, or with likes alone, it is the base rate.
"""

from dataclasses import dataclass

import numpy as np

from services.ranker.learning.logistic import fit_line
from services.ranker.learning.similarity import Array

_FOLDS = 5
_DOUBT = 1.0
_LEAST_OF_EACH = 3
_PENALTY = 1.0


@dataclass(frozen=True)
class Calibration:
    """Probability = `share` of the logistic of `slope * score + intercept`, the rest is the base rate `base`."""

    slope: float
    intercept: float
    base: float
    share: float

    @property
    def says_more(self) -> bool:
        """Whether it tells papers apart."""
        return self.share > 0 and self.slope > 0

    def probabilities(self, scores: Array) -> Array:
        """The probability that each of n papers is liked, if it is rated."""
        fitted = 0.5 * (1 + np.tanh((self.slope * scores + self.intercept) / 2))
        return np.asarray(self.share * fitted + (1 - self.share) * self.base)


def base_rate(labels: Array) -> float:
    """The share of likes, shrunk to a half while there are few ratings (Laplace)."""
    return float((labels.sum() + 1) / (len(labels) + 2))


def calibrate(scores: Array, labels: Array) -> Calibration:
    """From n scores that were made without their own rating, and these (1 like, 0 dislike)."""
    base = base_rate(labels)
    if min(labels.sum(), len(labels) - labels.sum()) < _LEAST_OF_EACH:
        return Calibration(0.0, 0.0, base, 0.0)
    fold = np.arange(len(labels)) % _FOLDS
    gain, size = 0.0, 0.0
    for number in range(_FOLDS):
        is_tested = fold == number
        if not is_tested.any():
            continue
        slope, intercept = _platt(scores[~is_tested], labels[~is_tested])
        floor = base_rate(labels[~is_tested])
        moved = Calibration(slope, intercept, floor, 1.0).probabilities(scores[is_tested]) - floor
        gain += float(moved @ (labels[is_tested] - floor))
        size += float(moved @ moved)
    slope, intercept = _platt(scores, labels)
    share = float(np.clip((gain - _DOUBT * np.sqrt(size * base * (1 - base))) / max(size, 1e-9), 0.0, 1.0))
    return Calibration(slope, intercept, base, share)


def _platt(scores: Array, labels: Array) -> tuple[float, float]:
    if len(set(labels.tolist())) < 2:
        return 0.0, float(np.log(base_rate(labels) / (1 - base_rate(labels))))
    slope, intercept = fit_line(scores, labels, _PENALTY)
    if slope <= 0:
        return 0.0, float(np.log(base_rate(labels) / (1 - base_rate(labels))))
    return slope, intercept
