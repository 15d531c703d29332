"""What saves, skips and opens add to a score: a weight for each feature of a paper."""

from dataclasses import dataclass

import numpy as np

from services.ranker.features.paper_features import SignalNearness
from services.ranker.learning.similarity import Array, ProjectedVectors


@dataclass(frozen=True, eq=False)
class SignalEffect:
    """`weights` (3): how far each feature moves a z-score; above 0 for saved and opened, below for skipped."""

    weights: Array
    nearness: SignalNearness

    def z_scores(self, papers: ProjectedVectors) -> Array:
        """What n papers gain or lose, in spreads of ordinary papers."""
        return np.asarray(self.nearness.features(papers) @ self.weights)
