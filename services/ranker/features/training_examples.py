"""From ratings to examples: the likes and dislikes that a model is fitted to, each with its weight. Pure."""

from collections.abc import Mapping

import numpy as np

from services.ranker.learning.similarity import Pool, empty_pool
from shared.store.people.preferences import Rating
from shared.store.vectors.embeddings import Matrix


def training_pools(
    ratings: Mapping[str, Rating], ids: list[str], vectors: Matrix, dimension: int, half_life_days: float = np.inf
) -> tuple[Pool, Pool]:
    """Likes and dislikes among the papers that have a vector (`vectors[i]` is of `ids[i]`).

    A rating weighs half as much as one that is `half_life_days` younger; its age is counted back from the newest.
    """
    newest = max((ratings[name].occurred_at for name in ids), default=None)
    pools = []
    for label in ("like", "dislike"):
        rows = [row for row, paper_id in enumerate(ids) if ratings[paper_id].label == label]
        names = tuple(ids[row] for row in rows)
        ages = [(newest - ratings[name].occurred_at).total_seconds() / 86_400 for name in names if newest]
        weights = np.array([ratings[name].weight for name in names]) * 0.5 ** (np.array(ages) / half_life_days)
        pools.append(Pool(names, vectors[rows], weights) if rows else empty_pool(dimension))
    return pools[0], pools[1]
