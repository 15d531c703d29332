"""Random unrated papers, the background of a user's model: their mean, and the hubness of a paper among them.

Three known remedies for cosines of text vectors: all texts share a direction, which is subtracted (Mu, Viswanath, ICLR
2018, without the components); a short text is put a little nearer to its neighbours (database-side augmentation,
Turcot, Lowe, 2009); and a paper that is near to everything is near to nothing in particular (hubs: CSLS, Conneau et
al., ICLR 2018). Each counts for less where few papers are known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shared.store.vectors.embeddings import Matrix

Array = NDArray[np.float64]

_MOST_NEIGHBOURS = 10
_PAPERS_A_NEIGHBOUR = 500
_SMOOTHING = 0.3
_ITSELF = 0.9999
_ROWS_AT_ONCE = 512
_MOST_KNOWN = 5_000


@dataclass(frozen=True, eq=False)
class Background:
    """`mean` is subtracted from every vector; `papers` (m x d) are centred, `smoothed` are these drawn
    together and `hubness` (m) how near their neighbours are."""

    names: tuple[str, ...]
    mean: Matrix
    papers: Matrix
    smoothed: Matrix
    hubness: Matrix
    known: dict[bytes, tuple[Matrix, Matrix]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.papers)

    @property
    def correction(self) -> float:
        """How much the corrections count: from 0 with no papers up to 1 with thousands."""
        return len(self) / (len(self) + _PAPERS_A_NEIGHBOUR)

    def centred(self, vectors: Matrix) -> Matrix:
        """The vectors (n x d) without the mean, at length 1."""
        return _unit(vectors - self.mean)

    def remember(self, centred: Matrix, smoothed: Matrix, hubness: Matrix) -> None:
        """Know the projections of these papers in place of others: the same picks are explained to many people."""
        rows = range(min(len(centred), _MOST_KNOWN))
        self.known.clear()
        self.known.update({centred[row].tobytes(): (smoothed[row : row + 1], hubness[row : row + 1]) for row in rows})

    def projected(self, centred: Matrix) -> tuple[Matrix, Matrix]:
        """Centred vectors smoothed towards their neighbours, and the hubness of each (n cosines)."""
        if not len(self):
            return centred, np.zeros(len(centred), dtype=np.float32)
        if len(centred) == 1 and (known := self.known.get(centred.tobytes())) is not None:
            return known
        smoothed = _smoothed(centred, self.papers, self.correction)
        return smoothed, _hubness(smoothed, self.smoothed)


def background_of(names: Sequence[str], vectors: Matrix) -> Background:
    """From a sample of papers (`vectors[i]`, length 1, is of `names[i]`); with none, one that changes nothing."""
    share = len(vectors) / (len(vectors) + 50)
    mean = share * vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1])
    subtracted = np.asarray(mean, dtype=np.float32)
    papers = _unit(vectors - subtracted)
    correction = len(vectors) / (len(vectors) + _PAPERS_A_NEIGHBOUR)
    smoothed = _smoothed(papers, papers, correction) if len(papers) else papers
    hubness = _hubness(smoothed, smoothed) if len(papers) else np.zeros(0, dtype=np.float32)
    return Background(tuple(names), subtracted, papers, smoothed, hubness)


def _hubness(vectors: Matrix, papers: Matrix) -> Matrix:
    blocks = [cosines.mean(axis=1) for _, cosines in _neighbours(vectors, papers)]
    return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)


def _smoothed(vectors: Matrix, papers: Matrix, correction: float) -> Matrix:
    parts = [
        vectors[start : start + len(cosines)]
        + (_SMOOTHING * correction) * np.einsum("nk,nkd->nd", np.clip(cosines, 0, 1) ** 2, papers[rows])
        for start, (rows, cosines) in zip(
            range(0, len(vectors), _ROWS_AT_ONCE), _neighbours(vectors, papers), strict=True
        )
    ]
    return _unit(np.concatenate(parts)) if parts else vectors


def _neighbours(vectors: Matrix, papers: Matrix) -> list[tuple[NDArray[np.intp], Matrix]]:
    """In blocks: which papers are nearest to each vector, and their cosines; a paper is not its own neighbour."""
    count = int(np.clip(len(papers) // _PAPERS_A_NEIGHBOUR, 1, _MOST_NEIGHBOURS))
    neighbours = []
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        cosines = vectors[start : start + _ROWS_AT_ONCE] @ papers.T
        cosines[cosines > _ITSELF] = 0.0
        rows = np.argpartition(cosines, len(papers) - count, axis=1)[:, -count:].copy()  # a view keeps all of it
        neighbours.append((rows, np.take_along_axis(cosines, rows, axis=1)))
    return neighbours


def _unit(vectors: Matrix) -> Matrix:
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))[:, None]
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
