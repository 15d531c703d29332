"""The papers nearest in meaning, by the vectors of the store: the one place where search reads vectors.

Every vector is compared once a question: in the memory-mapped copy where there is one, else block by block as the store
keeps them. Rows are of length 1, so a cosine is a product.
"""

import threading
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from shared.store.vectors.embeddings import Matrix, Vectors, VectorStore
from shared.store.vectors.joined_vectors import JoinedVectors

# So many rows stay in a core's cache while several queries are compared with them.
_ROWS_AT_ONCE = 512


class Nearness:
    """How near all papers are to a query; read to any depth without comparing again."""

    def __init__(self, blocks: Sequence[tuple[Sequence[str], Matrix]]) -> None:
        self._ids = [ids for ids, _ in blocks]
        self._starts = np.cumsum([0, *map(len, self._ids)])
        self._near = np.concatenate([near for _, near in blocks]) if blocks else np.empty(0, np.float32)

    def __len__(self) -> int:
        return len(self._near)

    def best(self, depth: int) -> dict[str, float]:
        """The `depth` nearest papers with their cosines, nearest first."""
        most = min(depth, len(self))
        rows = np.argpartition(-self._near, most - 1)[:most] if most else np.empty(0, np.intp)
        cosines = [(self._id(row), float(self._near[row])) for row in rows.tolist()]
        return dict(sorted(cosines, key=lambda item: (-item[1], item[0])))

    def _id(self, row: int) -> str:
        block = int(np.searchsorted(self._starts, row, side="right")) - 1
        return self._ids[block][row - int(self._starts[block])]


class VectorSearch:
    """Nearest-neighbour search over all vectors. Safe to use from several threads."""

    def __init__(self, vectors: VectorStore | JoinedVectors) -> None:
        self._vectors = vectors
        self._turn = threading.Lock()

    def vectors_of(self, paper_ids: Sequence[str]) -> dict[str, Matrix]:
        """The vector of each paper that has one."""
        ids, matrix = self._get(paper_ids)
        return dict(zip(ids, matrix, strict=True))

    def count(self) -> int:
        """How many papers have a vector."""
        return self._vectors.count()

    def greatest_cosines(self, queries: Matrix) -> Matrix:
        """For each query (n x dimension) its cosine to the nearest paper; empty where there are no papers."""
        with self._turn:
            greatest = [(matrix @ queries.T).max(axis=0) for _, matrix in self._fitting(queries)]
        return np.max(greatest, axis=0) if greatest else np.empty(0, np.float32)

    def nearness(self, queries: Matrix) -> Nearness:
        """How near every paper is to some queries (n x dimension)."""
        with self._turn:
            return Nearness([(ids, closeness(matrix, queries)) for ids, matrix in self._fitting(queries)])

    def nearest_among(self, queries: Matrix, paper_ids: Sequence[str], depth: int) -> dict[str, float]:
        """The `depth` nearest of some papers, with their cosines, nearest first."""
        ids, matrix = self._get(paper_ids)
        if matrix.shape[1] != queries.shape[1]:
            return {}
        return Nearness([(ids, closeness(matrix, queries))]).best(depth)

    def _fitting(self, queries: Matrix) -> Iterator[Vectors]:
        """The vectors that can be compared with some queries, all at once or block by block."""
        view = self._vectors.mapped()
        blocks = self._vectors.blocks() if view is None else [Vectors(view.ids, view.matrix)]
        return (block for block in blocks if len(block.ids) and block.matrix.shape[1] == queries.shape[1])

    def _get(self, paper_ids: Sequence[str]) -> Vectors:
        with self._turn:
            view = self._vectors.mapped()
            if view is None:
                return self._vectors.get(paper_ids)
            ids, rows = view.find(paper_ids)
            return Vectors(ids, view.matrix[rows])


def closeness(matrix: Matrix, queries: Matrix) -> NDArray[np.float32]:
    """How near n papers are to several queries: half the mean of the cosines, half the greatest."""
    near = np.empty((len(queries), len(matrix)), np.float32)
    step = _ROWS_AT_ONCE if len(queries) > 1 else max(1, len(matrix))
    for start in range(0, len(matrix), step):
        block = matrix[start : start + step]
        for number, query in enumerate(queries):
            near[number, start : start + step] = block @ query
    return near[0] if len(queries) == 1 else np.asarray(0.5 * near.mean(axis=0) + 0.5 * near.max(axis=0))
