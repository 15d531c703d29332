"""A few papers that lie far apart, to be rated by somebody of whom nothing is known yet."""

import heapq
import warnings
from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt

from shared.paper_ids import month_of
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import VectorStore

COUNT = 20
_NEWEST = 2_000
_ROUNDS = 10
_STARTS = 4
Matrix = npt.NDArray[np.float32]
Clusters = tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]
"""The mean of each cluster, and the cluster of each row."""


class SpreadPapers:
    """Some of the newest papers, each near the middle of a group of its own. The same while no paper comes."""

    def __init__(self, data: DataFolder, model: str) -> None:
        self._vectors = VectorStore(data, model)
        self._kept: tuple[object, list[str]] | None = None

    def papers(self, without: Collection[str] = (), count: int = COUNT) -> list[str]:
        """Their ids; fewer where fewer others have a vector. Blocks, when papers have come."""
        asked = self._vectors.count(), frozenset(without), count
        if self._kept is None or self._kept[0] != asked:
            self._kept = asked, self._chosen(frozenset(without), count)
        return self._kept[1]

    def _chosen(self, without: Collection[str], count: int) -> list[str]:
        years = self._vectors.years()[-2:]
        ids = (name for year in years for name in self._vectors.ids(year) if name not in without)
        newest = heapq.nlargest(_NEWEST, ids, key=lambda name: (month_of(name), name))
        stored = self._vectors.get(sorted(newest))
        return [stored.ids[row] for row in spread_rows(stored.matrix, count)]


def spread_rows(vectors: Matrix, count: int) -> list[int]:
    """The rows nearest to the means of `count` clusters, biggest cluster first; the same each time.

    k-means from k-means++ (Arthur and Vassilvitskii 2007), the best of a few starts.
    """
    if len(vectors) <= count:
        return list(range(len(vectors)))
    means, labels = min((_clusters(vectors, count, seed) for seed in range(_STARTS)), key=_spread_within(vectors))
    return [_nearest(vectors, labels, cluster, means[cluster]) for cluster in _by_size(labels)]


def _clusters(vectors: Matrix, count: int, seed: int) -> Clusters:
    """Papers that are all alike leave clusters empty, which is no reason for a warning."""
    from scipy.cluster.vq import kmeans2

    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore")
        means, labels = kmeans2(vectors.astype(np.float64), count, iter=_ROUNDS, minit="++", rng=seed)
    return means, labels


def _spread_within(vectors: Matrix) -> Callable[[Clusters], float]:
    return lambda clusters: float(np.square(vectors - clusters[0][clusters[1]]).sum())


def _by_size(labels: npt.NDArray[np.int32]) -> Sequence[int]:
    clusters, sizes = np.unique(labels, return_counts=True)
    return [int(cluster) for cluster in clusters[np.argsort(-sizes, kind="stable")]]


def _nearest(vectors: Matrix, labels: npt.NDArray[np.int32], cluster: int, mean: npt.NDArray[np.float64]) -> int:
    rows = np.flatnonzero(labels == cluster)
    return int(rows[np.argmin(np.linalg.norm(vectors[rows] - mean, axis=1))])
