"""The scale of scores: parts brought together in spreads of ordinary papers, and then between 0 and 1. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """Mean and spread of a part of the score over papers that nobody judged: brings the parts together."""

    mean: float
    spread: float

    def of(self, values: Array) -> Array:
        return np.asarray((values - self.mean) / self.spread)


PLAIN = Scale(0.0, 1.0)
OF_COSINES = Scale(0.0, 0.15)


def scale_of(values: Array) -> Scale:
    """From that part of ordinary papers."""
    return Scale(float(values.mean()), max(float(values.std()), 1e-6))


def to_score(z_scores: Array) -> Array:
    """Z-scores on a scale from 0 to 1."""
    return np.asarray(0.5 * (1 + np.tanh(z_scores / 8)))


def z_scores_of(scores: Array) -> Array:
    """The z_scores behind scores."""
    return np.asarray(8 * np.arctanh(np.clip(2 * scores - 1, -1 + 1e-12, 1 - 1e-12)))
