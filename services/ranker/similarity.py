"""Few verdicts: how near a paper is to what was liked, less how near it is to what was disliked.

Vectors are rows of length 1, so a cosine is a product.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.store.embeddings import Matrix

Array = NDArray[np.float64]

DISLIKE_SHARE = 0.5
NEAREST_SHARE = 0.5


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


def empty_pool(dimension: int) -> Pool:
    return Pool((), np.empty((0, dimension), np.float32), np.empty(0))


def affinity(vectors: Matrix, pool: Pool) -> Array:
    """Half the weighted mean of the cosines to a pool, half the nearest one: n numbers in [-1, 1]; 0 for an empty pool.

    The mean alone blurs several interests into one, the nearest alone follows every stray like.
    """
    if not len(pool):
        return np.zeros(len(vectors))
    cosines = vectors @ pool.vectors.T
    mean = cosines @ (pool.weights / pool.weights.sum()).astype(np.float32)
    nearest = (cosines * _trust(pool)).max(axis=1)
    return np.asarray((1 - NEAREST_SHARE) * mean + NEAREST_SHARE * nearest, dtype=np.float64)


def affinity_parts(vector: Matrix, pool: Pool) -> Array:
    """What each of a pool's papers adds to the affinity of one vector; the parts sum to it."""
    if not len(pool):
        return np.zeros(0)
    cosines = (pool.vectors @ vector).astype(np.float64)
    parts: Array = (1 - NEAREST_SHARE) * cosines * pool.weights / pool.weights.sum()
    nearest = int((cosines * _trust(pool)).argmax())
    parts[nearest] += NEAREST_SHARE * cosines[nearest] * _trust(pool)[nearest]
    return parts


def similarity(vectors: Matrix, likes: Pool, dislikes: Pool) -> Array:
    """Affinity to likes less a share of that to dislikes: n numbers, higher is better."""
    return affinity(vectors, likes) - DISLIKE_SHARE * affinity(vectors, dislikes)


def similarity_parts(vector: Matrix, likes: Pool, dislikes: Pool) -> tuple[Array, Array]:
    """What each like and each dislike adds to the similarity of one vector."""
    return affinity_parts(vector, likes), -DISLIKE_SHARE * affinity_parts(vector, dislikes)


def _trust(pool: Pool) -> Matrix:
    """A paper that counts for less than one verdict also pulls less as the nearest; one that counts for more does not
    pull beyond its own cosine."""
    return np.minimum(1.0, pool.weights).astype(np.float32)
