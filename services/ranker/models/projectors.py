"""The papers that all tastes are told apart from: drawn once, and again when the corpus has grown."""

import numpy as np

from services.ranker.learning.background_papers import background_of
from services.ranker.learning.similarity import Projector
from services.ranker.models.sampling import sample_vectors
from shared.store.vectors.joined_vectors import JoinedVectors

_SMALL_CORPUS_GREW = 2
_CORPUS_GREW = 1.25


class Projectors:
    """The projector of today; `corpus` is how many vectors there were when it was drawn."""

    def __init__(self, vectors: JoinedVectors, random_negatives: int) -> None:
        self._vectors, self._random_negatives = vectors, random_negatives
        self._projector: Projector | None = None
        self.corpus, self._projected_by = 0, ""

    def of(self, dimension: int) -> Projector:
        """For vectors of this dimension, made by the models of today."""
        projector = self._projector
        count = self._vectors.count()
        drawn = len(projector.background) if projector is not None else self._random_negatives
        made_by = self._vectors.made_by
        is_fit = (
            projector is not None and projector.background.mean.shape == (dimension,) and self._projected_by == made_by
        )
        if projector is None or not is_fit or self.is_outgrown(drawn, self.corpus):
            ids, matrix = sample_vectors(self._vectors, self._random_negatives, seed=count)
            usable = matrix if len(ids) else np.empty((0, dimension), np.float32)
            projector = self._projector = Projector(background_of(ids, usable))
            self.corpus, self._projected_by = count, made_by
        return projector

    def is_outgrown(self, drawn: int, corpus: int) -> bool:
        """Whether many more vectors came than the `corpus` from which so many papers were `drawn`."""
        limit = _SMALL_CORPUS_GREW if drawn < self._random_negatives else _CORPUS_GREW
        return self._vectors.count() >= limit * max(corpus, 1)
