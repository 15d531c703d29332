"""The papers nearest in meaning, by the vectors of the store: the one place where search reads vectors.

Every vector is compared once a question: in the memory-mapped copy where there is one, else block by block as the store
keeps them. Rows are of length 1, so a cosine is a product. Of the papers that pass narrow filters only theirs are read.
"""

import functools
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.ranker.search.index.paper_documents import Numbers, numbers_of
from services.ranker.search.index.passing_papers import PassingPapers
from shared.store.vectors.embeddings import Matrix, Vectors, VectorStore
from shared.store.vectors.joined_vectors import JoinedVectors
from shared.store.vectors.snapshot import View

Rows = NDArray[np.intp]
Closeness = NDArray[np.float32]

_ROWS_AT_ONCE = 512
"""So many rows stay in a core's cache while several queries are compared with them."""
_NARROW_SHARE = 1 / 8
"""Rows here and there take several times as long to read as rows side by side."""


class Block(NamedTuple):
    """Papers and their vectors (n x dimension); `numbers` stand for their ids in ascending order, `rows` are theirs."""

    ids: Sequence[str]
    matrix: Matrix
    numbers: Numbers
    rows: Rows

    @classmethod
    def of(cls, ids: Sequence[str], matrix: Matrix) -> "Block":
        numbers = numbers_of(ids)
        rows = np.argsort(numbers)
        return cls(ids, matrix, numbers[rows], rows)

    def find(self, numbers: Numbers) -> Rows:
        """The rows of those of some papers that are here."""
        if not len(self.numbers):
            return self.rows
        places = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
        return np.asarray(self.rows[places[self.numbers[places] == numbers]])


class VectorSearch:
    """Nearest-neighbour search over all vectors. Safe to use from several threads."""

    def __init__(self, vectors: VectorStore | JoinedVectors) -> None:
        self._vectors = vectors
        self._turn = threading.Lock()
        self._known: tuple[View, Block] | None = None
        self._beside = ThreadPoolExecutor(1, "search-filters")

    def vectors_of(self, paper_ids: Sequence[str]) -> dict[str, Matrix]:
        """The vector of each paper that has one."""
        with self._turn:
            view = self._vectors.mapped()
            if view is None:
                ids, matrix = self._vectors.get(paper_ids)
                return dict(zip(ids, matrix, strict=True))
            ids, rows = view.find(paper_ids)
            return dict(zip(ids, view.matrix[rows], strict=True))

    def count(self) -> int:
        """How many papers have a vector."""
        return self._vectors.count()

    def greatest_cosines(self, queries: Matrix) -> Matrix:
        """For each query (n x dimension) its cosine to the nearest paper; empty where there are no papers."""
        with self._turn:
            greatest = [(matrix @ queries.T).max(axis=0) for _, matrix in self._fitting(queries)]
        return np.max(greatest, axis=0) if greatest else np.empty(0, np.float32)

    def nearest(self, queries: Matrix, depth: int, passing: PassingPapers | None = None) -> dict[str, float]:
        """The `depth` papers nearest to some queries (n x dimension), of those that pass, with cosines, nearest first.

        Raises what `KeywordIndex` raises.
        """
        with self._turn:
            listed = self._beside.submit(passing.numbers) if passing else None
            near: dict[str, float] = {}
            for vectors in self._fitting(queries):
                if passing is None or listed is None:
                    rows, closest = None, closeness(vectors.matrix, queries)
                else:
                    rows, closest = _closeness_of_passing(self._block(vectors), queries, passing, listed)
                near |= _best(vectors.ids, rows, closest, depth)
        return dict(sorted(near.items(), key=lambda item: (-item[1], item[0]))[:depth])

    def _block(self, vectors: Vectors) -> Block:
        """Vectors with the numbers of their papers; those of the mapped copy are kept."""
        view = self._vectors.mapped()
        if view is None or view.ids is not vectors.ids:
            return Block.of(*vectors)
        if self._known is None or self._known[0] is not view:
            self._known = view, Block.of(*vectors)
        return self._known[1]

    def _fitting(self, queries: Matrix) -> Iterator[Vectors]:
        """The vectors that can be compared with some queries, all at once or block by block."""
        view = self._vectors.mapped()
        blocks = self._vectors.blocks() if view is None else [Vectors(view.ids, view.matrix)]
        return (block for block in blocks if len(block.ids) and block.matrix.shape[1] == queries.shape[1])


def closeness(matrix: Matrix, queries: Matrix, rows: Rows | None = None) -> Closeness:
    """How near n papers (some rows, or all) are to several queries: half the mean of the cosines, half the greatest."""
    if rows is None and len(queries) == 1:
        return np.asarray(matrix @ queries[0])
    near = np.empty(len(matrix) if rows is None else len(rows), np.float32)
    middle = len(near) // 2
    with ThreadPoolExecutor(1, "search-vectors") as beside:
        first_half = beside.submit(_fill, near[:middle], *_part(matrix, rows, 0, middle), queries)
        _fill(near[middle:], *_part(matrix, rows, middle, len(near)), queries)
        first_half.result()
    return near


def _part(matrix: Matrix, rows: Rows | None, start: int, end: int) -> tuple[Matrix, Rows | None]:
    return (matrix[start:end], None) if rows is None else (matrix, rows[start:end])


def _fill(near: Closeness, matrix: Matrix, rows: Rows | None, queries: Matrix) -> None:
    """Write how near rows (some, or all) are to several queries. BLAS leaves products this small in their thread."""
    for start in range(0, len(near), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        vectors = matrix[part] if rows is None else matrix[rows[part]]
        cosines = [vectors @ query for query in queries]
        near[part] = 0.5 * (functools.reduce(np.maximum, cosines) + functools.reduce(np.add, cosines) / len(cosines))


def _closeness_of_passing(
    block: Block, queries: Matrix, passing: PassingPapers, listed: Future[Numbers]
) -> tuple[Rows, Closeness]:
    """The rows of the papers that pass and how near these are."""
    if not passing.are_others and passing.count < _NARROW_SHARE * len(block.ids):
        rows = np.sort(block.find(listed.result()))
        return rows, closeness(block.matrix, queries, rows)
    near = closeness(block.matrix, queries)
    passes = np.full(len(near), passing.are_others)
    passes[block.find(listed.result())] = not passing.are_others
    rows = np.flatnonzero(passes)
    return rows, near[rows]


def _best(ids: Sequence[str], rows: Rows | None, near: Closeness, depth: int) -> dict[str, float]:
    """The `depth` nearest papers with their cosines; `rows` are those that `near` is of, None: all."""
    most = min(depth, len(near))
    nearest = np.argpartition(near, len(near) - most)[len(near) - most :] if most else np.empty(0, np.intp)
    named = nearest if rows is None else rows[nearest]
    return {ids[row]: cosine for row, cosine in zip(named.tolist(), near[nearest].tolist(), strict=True)}
