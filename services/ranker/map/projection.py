"""Vectors as points in the plane, near where they lay before: t-SNE (van der Maaten and Hinton, 2008).

The first map starts from the two main components, which keeps large groups in order (Kobak and Berens, 2019,
doi:10.1038/s41467-019-13056-x). Later ones start from the last places, without early exaggeration and in small steps,
and are turned, shifted and scaled onto them, so that a paper stays where a reader found it.
"""

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from services.ranker.learning.similarity import Array
from shared.store.vectors.embeddings import Matrix

_FEWEST = 10
"""Fewer points than this have no neighbourhoods to keep."""
_KNOWN_SHARE = 0.3
_COMPONENTS = 50
_PERPLEXITY = 30.0
_FIRST_STEPS, _LATER_STEPS = 750, 250
_LATER_RATE = 20.0
_NEIGHBOURS = 5
_SPREAD = 10.0


def project(vectors: Matrix, earlier: Array) -> Array:
    """Places (n x 2) of n vectors of length 1 (n x d); `earlier` (n x 2) are the last places, NaN for new papers."""
    known: NDArray[np.bool_] = np.asarray(~np.isnan(earlier).any(axis=1), dtype=np.bool_)
    reduced = _main_components(vectors)
    if len(vectors) < _FEWEST:
        return aligned(_spread(_first_two(reduced)), earlier, known)
    if known.sum() < max(_FEWEST, _KNOWN_SHARE * len(vectors)):
        return aligned(_tsne(reduced, _small(_first_two(reduced)), is_first=True), earlier, known)
    start = np.where(known[:, None], earlier, beside_neighbours(vectors, earlier, known))
    return aligned(_tsne(reduced, start, is_first=False), earlier, known)


def beside_neighbours(vectors: Matrix, earlier: Array, known: NDArray[np.bool_]) -> Array:
    """For each paper the mean place of the known papers most like it, slightly apart from them."""
    cosines = vectors @ vectors[known].T
    count = min(_NEIGHBOURS, cosines.shape[1])
    nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
    means = earlier[known][nearest].mean(axis=1)
    jitter = np.random.default_rng(0).normal(scale=0.01 * float(np.ptp(earlier[known])), size=means.shape)
    return np.asarray(means + jitter)


def aligned(places: Array, earlier: Array, known: NDArray[np.bool_]) -> Array:
    """Places turned, mirrored, shifted and scaled so that known papers come as near their earlier places as they can.

    Orthogonal Procrustes analysis (Schönemann, 1966); with fewer than three known papers nothing is done.
    """
    if known.sum() < 3 or not np.ptp(places[known]) or not np.ptp(earlier[known]):
        return places
    here, there = places[known], earlier[known]
    centred, target = here - here.mean(axis=0), there - there.mean(axis=0)
    left, singular, right = np.linalg.svd(centred.T @ target)
    scale = float(singular.sum() / (centred**2).sum())
    return np.asarray((places - here.mean(axis=0)) @ (left @ right) * scale + there.mean(axis=0))


def _tsne(reduced: Array, start: Array, *, is_first: bool) -> Array:
    from sklearn.manifold import TSNE  # takes a second to import

    later = {} if is_first else {"early_exaggeration": 1.0, "learning_rate": _LATER_RATE}
    tsne = TSNE(
        init=start.astype(np.float32),
        perplexity=min(_PERPLEXITY, (len(reduced) - 1) / 4),
        max_iter=_FIRST_STEPS if is_first else _LATER_STEPS,
        random_state=0,
        **later,
    )
    with threadpool_limits(1):  # a map is drawn beside the day's work; threads that wait for each other take longer
        return np.asarray(tsne.fit_transform(reduced), dtype=np.float64)


def _main_components(vectors: Matrix) -> Array:
    """The vectors without their mean, along their main directions, the sign of each fixed by its largest part."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    directions = directions[:_COMPONENTS]
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), largest])
    return np.asarray(centred @ (directions * signs[:, None]).T)


def _first_two(reduced: Array) -> Array:
    return np.pad(reduced, ((0, 0), (0, max(0, 2 - reduced.shape[1]))))[:, :2]


def _small(places: Array) -> Array:
    """As t-SNE wants to begin: so near together that no point is stuck behind others."""
    return np.asarray(places / max(float(places[:, 0].std()), 1e-12) * 1e-4)


def _spread(places: Array) -> Array:
    return np.asarray(places / max(float(np.abs(places).max()), 1e-12) * _SPREAD)
