"""Random papers for the background of models: drawn from all vectors there are."""

import numpy as np

from shared.store.vectors.embeddings import Matrix, Vectors
from shared.store.vectors.joined_vectors import JoinedVectors


def sample_vectors(vectors: JoinedVectors, count: int, seed: int) -> Vectors:
    """Up to `count` papers drawn uniformly from all that have a vector; year by year, to spare memory."""
    by_year = [(year, ids) for year in vectors.years() if (ids := vectors.ids(year))]
    total = sum(len(ids) for _, ids in by_year)
    rng = np.random.default_rng(seed)
    drawn = np.sort(rng.choice(total, size=min(total, count), replace=False)) if total else np.empty(0)
    names: list[str] = []
    parts: list[Matrix] = []
    start = 0
    for _, ids in by_year:
        first, last = np.searchsorted(drawn, [start, start + len(ids)])
        part = vectors.get([ids[int(row) - start] for row in drawn[first:last]])
        names += part.ids
        parts.append(part.matrix)
        start += len(ids)
    return Vectors(names, np.concatenate(parts) if parts else np.empty((0, 0), np.float32))
