"""Small interests among a user's likes, each with a model of its own, so that a large one does not drown them. Pure.

Likes are grouped by average linkage over their vectors as the user's model sees them. A group that is too small to
learn from, due no pick a day by its share of the likes, or near the other likes has no model: the user's serves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.ranker.learning.similarity import Array, Pool, ProjectedVectors, Projector, empty_pool
from services.ranker.learning.taste import Taste, learn
from shared.store.vectors.embeddings import Matrix

FEWEST_LIKES = 6
_LEAST_WEIGHT = 3.0
_LARGEST_SHARE = 1 / 3
_MOST_FACETS = 4
_NEAR = 0.03
_MOST_GROUPED = 1_000
_APART = 0.85
_ORDINARY_BELOW = 0.99
_MEASURED = 1_000
_FEWEST_ORDINARY = 200
_REGRESSION_FROM = 25

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class SmallFacet:
    """An interest: its `taste` knows its likes alone, `share` is their part of all likes by weight.

    `places` is the same part of a day's picks.

    From a z-score of `bound` on, above 99 % of random papers, a paper belongs to it.
    """

    taste: Taste
    share: float
    places: int
    bound: float

    def z_scores(self, papers: ProjectedVectors) -> Array:
        """How well n papers fit this interest, as its own model has it."""
        return self.taste.z_scores_of_projected(papers)


def small_facets(taste: Taste, picks: int) -> list[SmallFacet]:
    """The interests that lie apart from the user's other likes, largest first.

    Their likes are due one of so many picks a day and are at most a third of all.
    """
    if taste.regime not in ("similarity", "regression") or len(taste.likes) < FEWEST_LIKES / _LARGEST_SHARE:
        return []
    if len(taste.background) < _FEWEST_ORDINARY:
        return []
    vectors, weights = taste.near[0].projected.vectors[: len(taste.likes)], taste.likes.weights
    found: list[tuple[float, Pool]] = []
    for rows in groups_of_likes(taste):
        share = float(weights[rows].sum() / weights.sum())
        is_due = share * picks >= 1 and weights[rows].sum() >= _LEAST_WEIGHT
        if is_due and share <= _LARGEST_SHARE and _nearness_to_rest(vectors, rows) < _NEAR:
            found.append((share, taste.likes.rows(rows)))
    found.sort(key=lambda pair: (-pair[0], pair[1].names))
    return [_facet(taste, pool, share, round(share * picks)) for share, pool in found[:_MOST_FACETS]]


def _nearness_to_rest(vectors: Matrix, rows: Rows) -> float:
    """The mean cosine of some vectors of length 1 to the others."""
    rest = np.ones(len(vectors), bool)
    rest[rows] = False
    return float(vectors[rows].mean(axis=0) @ vectors[rest].mean(axis=0))


def groups_of_likes(taste: Taste) -> list[Rows]:
    """Rows of likes that are alike, each group of FEWEST_LIKES or more; of very many, the heaviest are looked at."""
    kept = np.sort(np.argsort(-taste.likes.weights, kind="stable")[:_MOST_GROUPED])
    return [kept[rows] for rows in _linked(taste.near[0].projected.vectors[kept]) if len(rows) >= FEWEST_LIKES]


def _linked(vectors: Matrix) -> list[Rows]:
    """Average linkage (Sokal and Michener, 1958) of vectors of length 1, cut at a mean cosine distance."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist

    distances = np.clip(pdist(np.asarray(vectors, dtype=np.float64), "sqeuclidean") / 2, 0, 2)
    labels = fcluster(linkage(distances, "average"), _APART, "distance")
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]


def _facet(taste: Taste, likes: Pool, share: float, places: int) -> SmallFacet:
    nothing = empty_pool(taste.dimension)
    draft = replace(taste, likes=likes, dislikes=nothing, seeds=nothing, lexicon=None, age=None, signals=None)
    blank = replace(draft, regression=None, contrast=None, regression_share=0.0)
    own = learn(blank, taste.background, _REGRESSION_FROM, Projector(taste.background))
    background = taste.background
    ordinary = ProjectedVectors(background.smoothed[:_MEASURED], background.hubness[:_MEASURED])
    bound = float(np.quantile(own.z_scores_of_projected(ordinary), _ORDINARY_BELOW))
    return SmallFacet(own, share, places, bound)


def ordered_papers(facet: SmallFacet, ids: Sequence[str], papers: ProjectedVectors) -> list[str]:
    """The papers that belong to a facet, best first by its own model; `papers` are of `ids`."""
    z_scores = facet.z_scores(papers)
    rows = np.argsort(-z_scores, kind="stable")
    return [ids[row] for row in rows if z_scores[row] >= facet.bound]
