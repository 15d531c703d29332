"""Features of a paper for a user as of a moment: how near it is to what the user saved, skipped and opened before.

Learning from a rating and scoring a new paper both ask here. What a user did with the very paper counts for nothing:
when a paper is picked, nobody has done anything with it yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from services.ranker.features.history import Past
from services.ranker.features.weak_signals import WEAK_SIGNALS, WeakSignal, signal_pools
from services.ranker.learning.scale import PLAIN, Scale, scale_of
from services.ranker.learning.similarity import (
    Array,
    Neighbourhood,
    Pool,
    ProjectedVectors,
    Projector,
    neighbourhood_of,
)
from shared.store.vectors.embeddings import Vectors

_FEW = 5
_ORDINARY = 300
_LARGEST = 6.0


@dataclass(frozen=True, eq=False)
class SignalNearness:
    """What was saved, skipped and opened before a `moment`, and how near to it `ordinary` papers are."""

    moment: datetime
    near: Mapping[WeakSignal, Neighbourhood]
    scales: Mapping[WeakSignal, Scale]

    @property
    def pools(self) -> dict[WeakSignal, Pool]:
        return {kind: neighbourhood.pool for kind, neighbourhood in self.near.items()}

    def features(self, papers: ProjectedVectors) -> Array:
        """n x 3: nearness to what was saved, skipped, opened, in spreads of ordinary papers; less for a few signals."""
        return np.stack([self._feature(kind, papers) for kind in WEAK_SIGNALS], axis=1)

    def _feature(self, kind: WeakSignal, papers: ProjectedVectors) -> Array:
        count = len(self.near[kind].pool)
        if not count:
            return np.zeros(len(papers.vectors))
        nearness = np.nan_to_num(self.scales[kind].of(self.near[kind].affinity_to_others(papers)))
        return np.clip(nearness, -_LARGEST, _LARGEST) * (count / (count + _FEW))


def signal_nearness(past: Past, vectors: Vectors, projector: Projector, half_life_days: float) -> SignalNearness:
    """From a user's past; `vectors` has those of all papers that it may name. Deterministic."""
    dimension = projector.background.mean.shape[0]
    return nearness_of(past.moment, signal_pools(past, vectors, dimension, half_life_days), projector)


def nearness_of(moment: datetime, pools: Mapping[WeakSignal, Pool], projector: Projector) -> SignalNearness:
    """The same from what stands already, as a stored model has it."""
    background = projector.background
    ordinary = ProjectedVectors(background.smoothed[:_ORDINARY], background.hubness[:_ORDINARY])
    near = {kind: neighbourhood_of(pools[kind], projector(pools[kind]), background.correction) for kind in WEAK_SIGNALS}
    return SignalNearness(moment, near, {kind: _scale(near[kind].affinity_to_others(ordinary)) for kind in near})


def _scale(affinities: Array) -> Scale:
    """That of the papers that have an affinity."""
    known = affinities[np.isfinite(affinities)]
    return scale_of(known) if len(known) else PLAIN
