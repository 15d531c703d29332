"""How typical of some papers each of them is: what a score rests on while nothing is known of a user. Pure."""

import numpy as np
from numpy.typing import NDArray

from shared.store.vectors.embeddings import Matrix


def typical_scores(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    """From cosines with the mean of some papers to scores in [0, 1]."""
    return np.clip((cosines + 1) / 2, 0.0, 1.0)


def mean_direction(vectors: Matrix) -> Matrix:
    """The direction that n papers have in common: their mean, at length 1."""
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)
