"""Which papers are in a user's fields and which just outside, by how near they are to what the user likes. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from services.ranker.learning.similarity import Array
from shared.store.vectors.embeddings import Matrix

MOST_LIKES = 300
"""The newest likes say what a user's fields are now."""
MOST_PAPERS, FEWEST_PAPERS = 8_000, 3_000
_MOST_OF_ALL = 1 / 3
_NEAREST = 3
_OWN_SHARE = 0.75
_ROWS_AT_ONCE = 4_096


class Fields(NamedTuple):
    """Papers of a user's fields, and those just outside; `nearness` is that of both."""

    inside: list[str]
    outside: list[str]
    nearness: dict[str, float]


def nearness_to(likes: Matrix, matrix: Matrix) -> Array:
    """For each row (n x d, length 1) the mean of its three greatest cosines to the likes (m x d)."""
    count = min(_NEAREST, len(likes))
    parts = []
    for start in range(0, len(matrix), _ROWS_AT_ONCE):
        cosines = matrix[start : start + _ROWS_AT_ONCE] @ likes.T
        parts.append(np.partition(cosines, len(likes) - count, axis=1)[:, -count:].mean(axis=1))
    return np.concatenate(parts).astype(np.float64) if parts else np.empty(0)


def own_nearness(likes: Matrix) -> Array:
    """How near each like is to the others; at least two likes."""
    cosines = likes @ likes.T
    np.fill_diagonal(cosines, -1.0)
    count = min(_NEAREST, len(likes) - 1)
    return np.asarray(np.partition(cosines, len(likes) - count, axis=1)[:, -count:].mean(axis=1), dtype=np.float64)


def fields_of(likes: Matrix, blocks: Iterable[tuple[Sequence[str], Matrix]]) -> Fields:
    """A user's fields among blocks of papers.

    Inside are the papers as near to likes as three in four likes are to the others; no fewer than 3,000 (or a third of
    all), or growth could not be told from chance, and no more than 8,000. Outside are as many of those that come next.
    When papers were published plays no part, so that nothing can seem to rise by it.
    """
    ids: list[str] = []
    parts: list[Array] = [np.empty(0)]
    for names, matrix in blocks:
        ids.extend(names)
        parts.append(nearness_to(likes, matrix))
    near = np.concatenate(parts)
    order = np.argsort(-near, kind="stable")
    least = float(np.quantile(own_nearness(likes), 1 - _OWN_SHARE))
    fewest = min(FEWEST_PAPERS, int(_MOST_OF_ALL * len(ids)))
    inside = int(np.clip((near >= least).sum(), fewest, MOST_PAPERS))
    chosen = [ids[row] for row in order[: 2 * inside]]
    return Fields(chosen[:inside], chosen[inside:], dict(zip(chosen, near[order[: 2 * inside]].tolist(), strict=True)))
