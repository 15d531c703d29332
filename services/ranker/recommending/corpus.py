"""The best of very many papers: a first stage by the linear model alone in one pass, then the whole model on few.

Blocks come from a memory map where there is one, and are read in place: only scores and finalists are kept.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.ranker.learning.similarity import Array
from services.ranker.learning.taste import Taste
from services.ranker.learning.typical import mean_direction, typical_scores
from services.ranker.recommending.readahead import ReadAhead
from shared.store.vectors.embeddings import Matrix, Vectors

FINALISTS = 1_000
_ROWS_AT_ONCE = 2_048

FirstStage = Callable[[Matrix], Matrix]
"""From n vectors to n coarse scores, which only order papers."""
Admits = Callable[[Sequence[str]], NDArray[np.bool_]]
"""Which of some papers compete."""


class Best(NamedTuple):
    """Papers with their scores, best first; `matrix[i]` is the vector of `ids[i]`."""

    ids: list[str]
    scores: Array
    matrix: Matrix


class _Finalists(NamedTuple):
    ids: list[str]
    coarse: Matrix
    matrix: Matrix


def best_papers(
    taste: Taste, blocks: Callable[[], Iterable[Vectors]], count: int, admits: Admits, without: Collection[str] = ()
) -> Best:
    """The `count` best of all papers that are admitted and not among `without`.

    `blocks` gives all vectors, as often as it is called: once, or twice where nothing is known of the user and the
    mean has to be found first.
    """
    stage = first_stage(taste) if taste.regime != "typical" else _typical_stage(blocks(), admits)
    most = max(FINALISTS, count)
    finalists = _Finalists([], np.empty(0, np.float32), np.empty((0, taste.dimension), np.float32))
    for block in blocks():
        finalists = _joined(finalists, _finalists(block, stage, most, admits, without), most)
    if not finalists.ids:
        return Best([], np.empty(0), finalists.matrix)
    is_fitted = taste.regime != "typical"
    scores = taste.score(finalists.matrix) if is_fitted else typical_scores(finalists.coarse.astype(np.float64))
    order = np.argsort(-scores, kind="stable")[:count]
    return Best([finalists.ids[row] for row in order], scores[order], finalists.matrix[order])


def best_rows(taste: Taste, vectors: Matrix, count: int) -> tuple[NDArray[np.intp], Array]:
    """The rows of the `count` best of n papers (n x d) with their scores, best first.

    Up to a few thousand papers are scored outright. Of more, the best by the regression without smoothing (the
    products of the vectors with the coefficients and with the mean that centring subtracts) are scored in full.
    """
    rows = np.arange(len(vectors))
    most = max(FINALISTS, count)
    if len(vectors) > most and taste.regime != "typical":
        rows = np.argpartition(-first_stage(taste)(vectors), most - 1)[:most]
    scores = taste.score(vectors[rows])
    order = np.argsort(-scores, kind="stable")[:count]
    return rows[order], scores[order]


def first_stage(taste: Taste) -> FirstStage:
    """Coarse scores by the linear model alone, two products a paper."""
    mean, direction = taste.background.mean, _direction(taste).astype(np.float32)
    shift, length = float(direction @ mean), float(mean @ mean)

    def look(vectors: Matrix) -> Matrix:
        coarse = np.empty(len(vectors), dtype=np.float32)
        ahead = ReadAhead(vectors)
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            ahead.reach(start)
            block = vectors[start : start + _ROWS_AT_ONCE]
            lengths = np.sqrt(np.maximum(1 - 2 * (block @ mean) + length, 1e-6))
            coarse[start : start + len(block)] = (block @ direction - shift) / lengths
        return coarse

    return look


def _typical_stage(blocks: Iterable[Vectors], admits: Admits) -> FirstStage:
    """Cosines with the mean of the papers that compete."""
    total, seen = np.zeros(0), False
    for ids, matrix in blocks:
        rows = admits(ids)
        if rows.any():
            part = (matrix if rows.all() else matrix[rows]).sum(axis=0, dtype=np.float64)
            total, seen = (total + part, True) if seen else (part, True)
    mean = mean_direction(total[None].astype(np.float32)) if seen else np.zeros(0, np.float32)
    return lambda vectors: np.asarray(vectors @ mean, dtype=np.float32)


def _finalists(block: Vectors, stage: FirstStage, most: int, admits: Admits, without: Collection[str]) -> _Finalists:
    ids, matrix = block
    rows = np.flatnonzero(admits(ids))
    if not len(rows):
        return _Finalists([], np.empty(0, np.float32), matrix[:0])
    coarse = stage(matrix) if len(rows) * 4 > len(ids) else stage(matrix[rows])
    coarse = coarse[rows] if len(coarse) != len(rows) else coarse
    spare = most + len(without)
    if len(rows) > spare:
        near = np.argpartition(-coarse, spare - 1)[:spare]
        rows, coarse = rows[near], coarse[near]
    kept = np.array([ids[row] not in without for row in rows], dtype=bool)
    rows, coarse = rows[kept], coarse[kept]
    order = np.argsort(-coarse, kind="stable")[:most]
    return _Finalists([ids[row] for row in rows[order]], coarse[order], matrix[rows[order]])


def _joined(kept: _Finalists, other: _Finalists, most: int) -> _Finalists:
    coarse = np.concatenate([kept.coarse, other.coarse])
    order = np.argsort(-coarse, kind="stable")[:most]
    ids = kept.ids + other.ids
    return _Finalists([ids[row] for row in order], coarse[order], np.concatenate([kept.matrix, other.matrix])[order])


def _direction(taste: Taste) -> Array:
    """The regression's coefficients; without one, the sum of what is wanted less half of what is not."""
    if taste.regression is not None:
        return taste.regression.coefficients
    wanted, unwanted = (some.projected.vectors for some in taste.near)
    direction = wanted.sum(axis=0) if len(wanted) else np.zeros(taste.dimension)
    return np.asarray(direction - (0.5 * unwanted.sum(axis=0) if len(unwanted) else 0.0), dtype=np.float64)
