"""The nearest-neighbour part of a user's model: how similar a paper is to rated ones.

A soft maximum over the rated papers: several near ones count for more than one, and one for more than their mean.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ranker.learning.background_papers import Background
from shared.store.vectors.embeddings import Matrix

Array = NDArray[np.float64]

DISLIKE_SHARE = 0.5
_TEMPERATURE = 0.1
_HUBNESS_SHARE = 0.4
_ITSELF = 0.9999
_MOST = 400
"""So many papers of a kind are compared with, the heaviest first; with more, the regression knows more."""


@dataclass(frozen=True, eq=False)
class Pool:
    """Papers (or seeds) of one kind: `vectors` is n x dimension, `weights` has n positive numbers."""

    names: tuple[str, ...]
    vectors: Matrix
    weights: Array

    def __len__(self) -> int:
        return len(self.names)

    def weighted(self, factor: float) -> "Pool":
        """The same papers, each counting `factor` times as much; none where the factor is 0."""
        if factor <= 0:
            return empty_pool(self.vectors.shape[1])
        return Pool(self.names, self.vectors, self.weights * factor)

    def joined(self, other: "Pool") -> "Pool":
        return Pool(
            self.names + other.names,
            np.concatenate([self.vectors, other.vectors]),
            np.concatenate([self.weights, other.weights]),
        )

    def rows(self, kept: NDArray[np.intp]) -> "Pool":
        """Some of the papers, in this order."""
        return Pool(tuple(self.names[row] for row in kept), self.vectors[kept], self.weights[kept])

    def without(self, name: str) -> "Pool":
        """All but one."""
        return self.rows(np.array([row for row, other in enumerate(self.names) if other != name], dtype=np.intp))


def empty_pool(dimension: int) -> Pool:
    return Pool((), np.empty((0, dimension), np.float32), np.empty(0))


@dataclass(frozen=True, eq=False)
class ProjectedVectors:
    """Papers as a background sees them: `vectors` (n x d, length 1) and the `hubness` of each."""

    vectors: Matrix
    hubness: Matrix

    def rows(self, kept: NDArray[np.intp]) -> "ProjectedVectors":
        return ProjectedVectors(self.vectors[kept], self.hubness[kept])


def projected_vectors(vectors: Matrix, background: Background) -> ProjectedVectors:
    """Papers (n x d, length 1) centred, smoothed, and with their hubness."""
    return ProjectedVectors(*background.projected(background.centred(vectors)))


class Projector:
    """Projects rated papers and remembers them by name: after a new rating only its own paper is projected."""

    def __init__(self, background: Background) -> None:
        self.background = background
        self._known: dict[str, tuple[Matrix, np.float32]] = {}

    def __call__(self, pool: Pool) -> ProjectedVectors:
        fresh = [row for row, name in enumerate(pool.names) if name not in self._known]
        projected = projected_vectors(pool.vectors[fresh], self.background)
        for row, vector, hubness in zip(fresh, projected.vectors, projected.hubness, strict=True):
            self._known[pool.names[row]] = (vector, hubness)
        if not len(pool):
            return projected
        known = [self._known[name] for name in pool.names]
        return ProjectedVectors(np.stack([vector for vector, _ in known]), np.array([hubness for _, hubness in known]))


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Judged papers of one kind, with their projected vectors; `kept` are the rows that are compared with."""

    pool: Pool
    projected: ProjectedVectors
    correction: float
    kept: NDArray[np.intp]

    def affinity(self, papers: ProjectedVectors) -> Array:
        """n numbers, about -1 to 1; 0 where nothing was judged."""
        if not len(self.kept):
            return np.zeros(len(papers.vectors))
        return _soft(self._parts(papers).sum(axis=1, dtype=np.float64), float(self._weights.sum()))

    def left_out(self, papers: ProjectedVectors) -> Array:
        """The affinity of n papers to each kept row's rest: n x kept, what it is without that one."""
        parts = self._parts(papers).astype(np.float64)
        rest = self._weights.sum() - self._weights
        if len(rest) == 1:
            return np.zeros_like(parts)
        return _soft(np.maximum(parts.sum(axis=1, keepdims=True) - parts, 1e-300), rest)

    def own(self) -> Array:
        """The affinity of each of its own papers to the others; 0 where there are none."""
        own = self.projected.rows(self.kept)
        affinities = np.zeros(len(self.pool))
        if len(self.kept) > 1:
            parts = self._parts(own)
            np.fill_diagonal(parts, 0.0)
            affinities[self.kept] = _soft(
                np.maximum(parts.sum(axis=1, dtype=np.float64), 1e-300), self._weights.sum() - self._weights
            )
        return affinities

    def affinity_to_others(self, papers: ProjectedVectors) -> Array:
        """The same without a paper itself, where it is among the judged; NaN where nothing else was."""
        parts = self._parts(papers).astype(np.float64)
        is_itself = papers.vectors @ self.projected.vectors[self.kept].T > _ITSELF
        rest = self._weights.sum() - is_itself @ self._weights
        sums = np.where(is_itself, 0.0, parts).sum(axis=1)
        known = (rest > 0) & (sums > 0)
        return np.where(known, _soft(np.where(known, sums, 1.0), np.where(known, rest, 1.0)), np.nan)

    @property
    def _weights(self) -> Array:
        return self.pool.weights[self.kept]

    def _parts(self, papers: ProjectedVectors) -> Matrix:
        own = self.projected.rows(self.kept)
        share = np.float32(_HUBNESS_SHARE * self.correction)
        cosines = papers.vectors @ own.vectors.T
        cosines -= share * papers.hubness[:, None]
        cosines -= share * own.hubness
        cosines /= np.float32(_TEMPERATURE)
        return np.asarray(np.exp(cosines, out=cosines) * self._weights.astype(np.float32))


def neighbourhood_of(pool: Pool, projected: ProjectedVectors, correction: float) -> Neighbourhood:
    """A pool with its projected vectors; of a very large one, the heaviest papers are compared with."""
    kept = np.sort(np.argsort(-pool.weights, kind="stable")[:_MOST])
    return Neighbourhood(pool, projected, correction, kept)


def _soft(sums: Array, weights: Array | float) -> Array:
    return np.asarray(_TEMPERATURE * np.log(sums / weights))
