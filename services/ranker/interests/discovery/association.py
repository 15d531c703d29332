"""Which concepts are commoner among liked papers than chance explains, adjusted for testing thousands of them.

Under the null model likes are a random draw from the papers, so random draws give the distribution of the smallest
p-value of all concepts (minP; Westfall and Young, Resampling-Based Multiple Testing, 1993).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.ranker.interests.discovery.concepts import Concept, Rows
from services.ranker.interests.discovery.significance import tail_probabilities
from services.ranker.learning.similarity import Array

Mask = NDArray[np.bool_]

FEWEST_PAPERS = 3
DRAWS = 1_000
_KEPT = 64


class PValues(NamedTuple):
    """Of each concept: `raw`, the hypergeometric tail of its likes, and `adjusted`, the share of random draws in which
    the smallest p-value of any concept is as small; both 1 where it has too few likes."""

    raw: Array
    adjusted: Array


@dataclass(frozen=True, eq=False)
class Association:
    """A concept that is commoner among likes; `rows` are those likes, `p_value` is adjusted."""

    concept: Concept
    rows: Rows
    p_value: float


class PermutationTest:
    """Tests concepts over so many papers, for any likes among them."""

    def __init__(self, concepts: Sequence[Concept], papers: int, draws: int = DRAWS) -> None:
        self.concepts, self.papers, self.draws = concepts, papers, draws
        self._smallest: dict[tuple[int, bytes], Array] = {}

    def p_values(self, liked: Mask, left: Mask) -> PValues:
        """The p-values of all concepts among the papers that are left."""
        likes = int((liked & left).sum())
        if likes < FEWEST_PAPERS:
            return PValues(np.ones(len(self.concepts)), np.ones(len(self.concepts)))
        hits = np.asarray(self._members[np.flatnonzero(liked & left)].sum(axis=0)).ravel()
        raw = np.where(hits >= FEWEST_PAPERS, self._tails(left, likes)(np.arange(len(hits)), hits), 1.0)
        smallest = self.null_minima(likes, left)
        as_small = (1 + np.searchsorted(smallest, raw, side="right")) / (1 + len(smallest))
        # Beyond what the draws can tell, Bonferroni's bound: never too small.
        return PValues(raw, np.where(raw < 1, np.minimum(as_small, raw * len(self.concepts)), 1.0))

    def null_minima(self, likes: int, left: Mask) -> Array:
        """For each draw of random likes from the papers left the smallest p-value of any concept, sorted."""
        key = likes, np.packbits(left).tobytes()
        if key not in self._smallest:
            if len(self._smallest) >= _KEPT:
                self._smallest.clear()
            self._smallest[key] = self._drawn(likes, left)
        return self._smallest[key]

    def smallest_p_value(self, likes: int, left: Mask, share: float) -> float:
        """The quantile `share` of the smallest p-value of any concept under random likes."""
        return float(np.quantile(self.null_minima(likes, left), share))

    @cached_property
    def _members(self) -> Any:
        """Papers x concepts: 1 where a paper has it."""
        from scipy.sparse import csr_matrix

        rows = np.concatenate([np.empty(0, np.intp), *(concept.rows for concept in self.concepts)])
        columns = np.repeat(np.arange(len(self.concepts)), [len(concept.rows) for concept in self.concepts])
        shape = self.papers, len(self.concepts)
        return csr_matrix((np.ones(len(rows), np.int32), (rows, columns)), shape=shape)

    def _drawn(self, likes: int, left: Mask) -> Array:
        from scipy.sparse import csr_matrix

        rows, rng = np.flatnonzero(left), np.random.default_rng(likes)
        drawn = np.concatenate([rng.choice(rows, likes, replace=False) for _ in range(self.draws)])
        starts = np.arange(0, len(drawn) + 1, likes)
        which = csr_matrix((np.ones(len(drawn), np.int32), drawn, starts), (self.draws, self.papers))
        hits = (which @ self._members).tocoo()
        enough = hits.data >= FEWEST_PAPERS
        smallest = np.ones(self.draws)
        np.minimum.at(smallest, hits.row[enough], self._tails(left, likes)(hits.col[enough], hits.data[enough]))
        return np.sort(smallest)

    def _tails(self, left: Mask, likes: int) -> "_TailTable":
        marked = np.asarray(self._members[np.flatnonzero(left)].sum(axis=0)).ravel()
        return _TailTable(marked, likes, int(left.sum()))


class _TailTable:
    """The tail probabilities of concepts (by number) to have so many likes, looked up."""

    def __init__(self, marked: NDArray[np.int_], likes: int, papers: int) -> None:
        sizes, self._sizes = np.unique(marked, return_inverse=True)
        self._tails = np.array([tail_probabilities(likes, int(size), papers) for size in sizes]).reshape(len(sizes), -1)

    def __call__(self, concepts: NDArray[np.int_], hits: NDArray[np.int_]) -> Array:
        return np.asarray(self._tails[self._sizes[concepts], hits])
