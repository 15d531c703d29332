"""The best of very many papers: a first look by directions alone in one pass, then the whole taste."""

import numpy as np
from numpy.typing import NDArray

from services.ranker.similarity import Array
from services.ranker.taste import Taste
from shared.store.embeddings import Matrix

LOOKED_AT = 1_000
_ROWS_AT_ONCE = 8_192


def best_rows(taste: Taste, vectors: Matrix, count: int) -> tuple[NDArray[np.intp], Array]:
    """The rows of the `count` best of n papers (n x d) with their scores, best first.

    Up to a few thousand papers are scored outright. Of more, the best by the regression without smoothing (the
    products of the vectors with the coefficients and with the middle, which centring takes out) are scored in full.
    """
    rows = np.arange(len(vectors))
    if len(vectors) > max(LOOKED_AT, count) and taste.regime != "typical":
        rows = _first_look(taste, vectors, max(LOOKED_AT, count))
    scores = taste.score(vectors[rows])
    order = np.argsort(-scores, kind="stable")[:count]
    return rows[order], scores[order]


def _first_look(taste: Taste, vectors: Matrix, count: int) -> NDArray[np.intp]:
    middle, towards = taste.background.middle, _direction(taste).astype(np.float32)
    shift, length = float(towards @ middle), float(middle @ middle)
    merits = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        block = vectors[start : start + _ROWS_AT_ONCE]
        lengths = np.sqrt(np.maximum(1 - 2 * (block @ middle) + length, 1e-6))
        merits[start : start + len(block)] = (block @ towards - shift) / lengths
    return np.argpartition(-merits, count - 1)[:count]


def _direction(taste: Taste) -> Array:
    """Of the regression; without one, towards what is wanted and away from what is not."""
    if taste.regression is not None:
        return taste.regression.coefficients
    wanted, unwanted = (some.places.vectors for some in taste.near)
    towards = wanted.sum(axis=0) if len(wanted) else np.zeros(taste.dimension)
    return np.asarray(towards - (0.5 * unwanted.sum(axis=0) if len(unwanted) else 0.0), dtype=np.float64)
