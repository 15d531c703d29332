"""Which concepts are commoner among liked papers than chance explains, the choice among all of them accounted for.

Likes that mean nothing are a random draw from the papers, so drawing likes at random again and again tells how sure the
surest of all concepts looks then (minP; Westfall and Young, Resampling-Based Multiple Testing, 1993).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.ranker.interests.concepts import Concept, Rows
from services.ranker.interests.significance import tail_chances
from services.ranker.learning.similarity import Array

Mask = NDArray[np.bool_]

FEWEST_PAPERS = 3
DRAWS = 1_000
_KEPT = 64


class Standing(NamedTuple):
    """For each concept how likely its likes are by chance (`chances`), and how often random likes have any concept for
    which they are as unlikely (`doubts`); 1 where it has too few likes."""

    chances: Array
    doubts: Array


@dataclass(frozen=True, eq=False)
class Finding:
    """A concept that is commoner among likes; `rows` are those likes, `doubt` as Standing has it."""

    concept: Concept
    rows: Rows
    doubt: float


class Trial:
    """Concepts over so many papers, and how they stand for any likes among them."""

    def __init__(self, concepts: Sequence[Concept], papers: int, draws: int = DRAWS) -> None:
        self.concepts, self.papers, self.draws = concepts, papers, draws
        self._least: dict[tuple[int, bytes], Array] = {}

    def standing(self, liked: Mask, left: Mask) -> Standing:
        """How the concepts stand among the papers that are left."""
        likes = int((liked & left).sum())
        if likes < FEWEST_PAPERS:
            return Standing(np.ones(len(self.concepts)), np.ones(len(self.concepts)))
        hits = np.asarray(self._members[np.flatnonzero(liked & left)].sum(axis=0)).ravel()
        chances = np.where(hits >= FEWEST_PAPERS, self._chances(left, likes)(np.arange(len(hits)), hits), 1.0)
        least = self.least(likes, left)
        as_small = (1 + np.searchsorted(least, chances, side="right")) / (1 + len(least))
        # Beyond what the draws can tell, Bonferroni's bound: never too small.
        return Standing(chances, np.where(chances < 1, np.minimum(as_small, chances * len(self.concepts)), 1.0))

    def least(self, likes: int, left: Mask) -> Array:
        """For each draw of random likes from the papers left the least chance of any concept, sorted."""
        key = likes, np.packbits(left).tobytes()
        if key not in self._least:
            if len(self._least) >= _KEPT:
                self._least.clear()
            self._least[key] = self._drawn(likes, left)
        return self._least[key]

    def surest(self, likes: int, left: Mask, share: float) -> float:
        """How unlikely the surest concept of random likes is, in that share of draws at least."""
        return float(np.quantile(self.least(likes, left), share))

    @cached_property
    def _members(self) -> Any:
        """Papers x concepts: 1 where a paper has it."""
        from scipy.sparse import csr_matrix

        rows = np.concatenate([np.empty(0, np.intp), *(one.rows for one in self.concepts)])
        columns = np.repeat(np.arange(len(self.concepts)), [len(one.rows) for one in self.concepts])
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
        least = np.ones(self.draws)
        np.minimum.at(least, hits.row[enough], self._chances(left, likes)(hits.col[enough], hits.data[enough]))
        return np.sort(least)

    def _chances(self, left: Mask, likes: int) -> "_Table":
        marked = np.asarray(self._members[np.flatnonzero(left)].sum(axis=0)).ravel()
        return _Table(marked, likes, int(left.sum()))


class _Table:
    """The chances of concepts (by number) to have so many likes, looked up."""

    def __init__(self, marked: NDArray[np.int_], likes: int, papers: int) -> None:
        sizes, self._sizes = np.unique(marked, return_inverse=True)
        self._tails = np.array([tail_chances(likes, int(size), papers) for size in sizes]).reshape(len(sizes), -1)

    def __call__(self, concepts: NDArray[np.int_], hits: NDArray[np.int_]) -> Array:
        return np.asarray(self._tails[self._sizes[concepts], hits])
