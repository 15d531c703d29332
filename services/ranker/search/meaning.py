"""The papers nearest in meaning, by the vectors of the store: the one place where search reads vectors.

Block by block, as the store keeps them. Rows are of length 1, so a cosine is a product.
"""

import threading
from collections.abc import Sequence

import numpy as np

from services.ranker.similarity import Array
from shared.store.embeddings import Matrix, VectorStore
from shared.store.joined_vectors import JoinedVectors


class Meaning:
    """Asks the vectors. Safe to use from several threads."""

    def __init__(self, vectors: VectorStore | JoinedVectors) -> None:
        self._vectors = vectors
        self._turn = threading.Lock()

    def vectors_of(self, paper_ids: Sequence[str]) -> dict[str, Matrix]:
        """The vector of each paper that has one."""
        with self._turn:
            ids, matrix = self._vectors.get(paper_ids)
        return dict(zip(ids, matrix, strict=True))

    def nearest(self, queries: Matrix, depth: int) -> dict[str, float]:
        """The `depth` papers nearest to any of some queries (n x dimension), with their cosines, nearest first."""
        near: list[tuple[str, float]] = []
        with self._turn:
            for ids, matrix in self._vectors.blocks():
                near += _best(ids, matrix, queries, depth)
        return _sorted(near, depth)

    def nearest_among(self, queries: Matrix, paper_ids: Sequence[str], depth: int) -> dict[str, float]:
        """As `nearest`, among some papers."""
        with self._turn:
            ids, matrix = self._vectors.get(paper_ids)
        return _sorted(_best(ids, matrix, queries, depth), depth)


def closeness(matrix: Matrix, queries: Matrix) -> Array:
    """How near n papers are to several queries: half the mean of the cosines, half the greatest."""
    if len(queries) == 1:
        return np.asarray(matrix @ queries[0])
    return np.asarray(0.5 * (matrix @ queries.mean(axis=0)) + 0.5 * (matrix @ queries.T).max(axis=1))


def _best(ids: Sequence[str], matrix: Matrix, queries: Matrix, depth: int) -> list[tuple[str, float]]:
    if not len(ids) or matrix.shape[1] != queries.shape[1]:
        return []
    near = closeness(matrix, queries)
    most = min(depth, len(ids))
    return [(ids[row], float(near[row])) for row in np.argpartition(-near, most - 1)[:most]]


def _sorted(near: list[tuple[str, float]], depth: int) -> dict[str, float]:
    return dict(sorted(near, key=lambda one: (-one[1], one[0]))[:depth])
