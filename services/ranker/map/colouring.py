"""Which interest each paper of a map belongs to, if any. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.store.vectors.embeddings import Matrix

NONE = -1
_FEWEST_MEMBERS = 2
_WITHIN = 0.25
"""A paper belongs to an interest where it is nearer to its centre than a quarter of the interest's own papers are."""


def interests_of(vectors: Matrix, members: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """The number of each paper's interest (n), or -1. `members` are the rows of each interest's own papers.

    A paper that several interests have goes to the first, which is the surest.
    """
    chosen = np.full(len(vectors), NONE, dtype=np.intp)
    if not len(vectors):
        return chosen
    centred = vectors - vectors.mean(axis=0)
    margins = np.full((len(vectors), max(1, len(members))), -np.inf)
    for number, rows in enumerate(members):
        if len(rows) >= _FEWEST_MEMBERS:
            centre = centred[rows].mean(axis=0)
            along = centred @ centre / max(float(np.linalg.norm(centre)), 1e-12)
            margins[:, number] = along - np.quantile(along[rows], _WITHIN)
    best = margins.argmax(axis=1)
    belongs = margins[np.arange(len(vectors)), best] > 0
    chosen[belongs] = best[belongs]
    for number in range(len(members) - 1, -1, -1):
        chosen[members[number]] = number
    return chosen
