"""The best of very many papers: a first look by directions alone in one pass, then the whole taste on few.

Blocks come from a memory map where there is one, and are looked at in place: what is kept are numbers and finalists.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.ranker.learning.similarity import Array
from services.ranker.learning.taste import Taste
from services.ranker.learning.typical import middle_of, typical_scores
from services.ranker.recommending.readahead import ReadAhead
from shared.store.vectors.embeddings import Matrix, Vectors

LOOKED_AT = 1_000
_ROWS_AT_ONCE = 2_048

Look = Callable[[Matrix], Matrix]
"""From n vectors to n merits at first sight."""
Admits = Callable[[Sequence[str]], NDArray[np.bool_]]
"""Which of some papers compete."""


class Best(NamedTuple):
    """Papers with their scores, best first; `matrix[i]` is the vector of `ids[i]`."""

    ids: list[str]
    scores: Array
    matrix: Matrix


class _Finalists(NamedTuple):
    ids: list[str]
    merits: Matrix
    matrix: Matrix


def best_papers(
    taste: Taste, blocks: Callable[[], Iterable[Vectors]], count: int, admits: Admits, without: Collection[str] = ()
) -> Best:
    """The `count` best of all papers that are admitted and not among `without`.

    `blocks` gives all vectors, as often as it is called: once, or twice where nothing is known of the owner and what
    is typical has to be found first. A few thousand papers are scored outright.
    """
    look = first_look(taste) if taste.regime != "typical" else _typical_look(blocks(), admits)
    most = max(LOOKED_AT, count)
    found = _Finalists([], np.empty(0, np.float32), np.empty((0, taste.dimension), np.float32))
    for block in blocks():
        found = _joined(found, _finalists(block, look, most, admits, without), most)
    if not found.ids:
        return Best([], np.empty(0), found.matrix)
    known = taste.regime != "typical"
    scores = taste.score(found.matrix) if known else typical_scores(found.merits.astype(np.float64))
    order = np.argsort(-scores, kind="stable")[:count]
    return Best([found.ids[row] for row in order], scores[order], found.matrix[order])


def best_rows(taste: Taste, vectors: Matrix, count: int) -> tuple[NDArray[np.intp], Array]:
    """The rows of the `count` best of n papers (n x d) with their scores, best first.

    Up to a few thousand papers are scored outright. Of more, the best by the regression without smoothing (the
    products of the vectors with the coefficients and with the middle, which centring takes out) are scored in full.
    """
    rows = np.arange(len(vectors))
    most = max(LOOKED_AT, count)
    if len(vectors) > most and taste.regime != "typical":
        rows = np.argpartition(-first_look(taste)(vectors), most - 1)[:most]
    scores = taste.score(vectors[rows])
    order = np.argsort(-scores, kind="stable")[:count]
    return rows[order], scores[order]


def first_look(taste: Taste) -> Look:
    """Merits by directions alone, two products a paper."""
    middle, towards = taste.background.middle, _direction(taste).astype(np.float32)
    shift, length = float(towards @ middle), float(middle @ middle)

    def look(vectors: Matrix) -> Matrix:
        merits = np.empty(len(vectors), dtype=np.float32)
        ahead = ReadAhead(vectors)
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            ahead.reach(start)
            block = vectors[start : start + _ROWS_AT_ONCE]
            lengths = np.sqrt(np.maximum(1 - 2 * (block @ middle) + length, 1e-6))
            merits[start : start + len(block)] = (block @ towards - shift) / lengths
        return merits

    return look


def _typical_look(blocks: Iterable[Vectors], admits: Admits) -> Look:
    """Nearness to the middle of the papers that compete."""
    total, seen = np.zeros(0), False
    for ids, matrix in blocks:
        rows = admits(ids)
        if rows.any():
            part = (matrix if rows.all() else matrix[rows]).sum(axis=0, dtype=np.float64)
            total, seen = (total + part, True) if seen else (part, True)
    middle = middle_of(total[None].astype(np.float32)) if seen else np.zeros(0, np.float32)
    return lambda vectors: np.asarray(vectors @ middle, dtype=np.float32)


def _finalists(block: Vectors, look: Look, most: int, admits: Admits, without: Collection[str]) -> _Finalists:
    ids, matrix = block
    rows = np.flatnonzero(admits(ids))
    if not len(rows):
        return _Finalists([], np.empty(0, np.float32), matrix[:0])
    merits = look(matrix) if len(rows) * 4 > len(ids) else look(matrix[rows])
    merits = merits[rows] if len(merits) != len(rows) else merits
    spare = most + len(without)
    if len(rows) > spare:
        near = np.argpartition(-merits, spare - 1)[:spare]
        rows, merits = rows[near], merits[near]
    kept = np.array([ids[row] not in without for row in rows], dtype=bool)
    rows, merits = rows[kept], merits[kept]
    order = np.argsort(-merits, kind="stable")[:most]
    return _Finalists([ids[row] for row in rows[order]], merits[order], matrix[rows[order]])


def _joined(one: _Finalists, other: _Finalists, most: int) -> _Finalists:
    merits = np.concatenate([one.merits, other.merits])
    order = np.argsort(-merits, kind="stable")[:most]
    ids = one.ids + other.ids
    return _Finalists([ids[row] for row in order], merits[order], np.concatenate([one.matrix, other.matrix])[order])


def _direction(taste: Taste) -> Array:
    """Of the regression; without one, towards what is wanted and away from what is not."""
    if taste.regression is not None:
        return taste.regression.coefficients
    wanted, unwanted = (some.places.vectors for some in taste.near)
    towards = wanted.sum(axis=0) if len(wanted) else np.zeros(taste.dimension)
    return np.asarray(towards - (0.5 * unwanted.sum(axis=0) if len(unwanted) else 0.0), dtype=np.float64)
