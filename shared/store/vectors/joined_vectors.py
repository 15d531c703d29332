"""Vectors of several embedding models as one: of each paper, the unit vectors one after the other, at length 1 again.

A cosine of joined vectors is the mean of the models' cosines. A paper that lacks one of them counts as without any.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import Matrix, Vectors, VectorStore
from shared.store.vectors.snapshot import View

SEPARATOR = "+"


def joined(parts: Sequence[Matrix]) -> Matrix:
    """k matrices of n unit rows each as one of n unit rows: side by side, each divided by the square root of k."""
    if len(parts) == 1:
        return parts[0]
    return np.asarray(np.concatenate(parts, axis=1) / np.float32(len(parts)) ** 0.5, dtype=np.float32)


class JoinedVectors:
    """Reads the vectors of one alias or several; with one, it is that one's store and costs nothing."""

    def __init__(self, stores: Sequence[VectorStore]) -> None:
        self._stores = tuple(stores)
        self._first = self._stores[0]

    @property
    def alias(self) -> str:
        """The aliases, joined by a plus."""
        return SEPARATOR.join(store.alias for store in self._stores)

    @property
    def dimension(self) -> int | None:
        """Of the stored vectors; None where one of the models has none yet."""
        recipes = [store.recipe for store in self._stores]
        return sum(recipe.dimension for recipe in recipes if recipe) if all(recipes) else None

    @property
    def made_by(self) -> str:
        """Names all that decides the stored vectors; another model, revision or text is another name."""
        recipes = repr([(store.alias, store.recipe) for store in self._stores])
        return hashlib.sha256(recipes.encode()).hexdigest()[:16]

    def count(self) -> int:
        """How many papers can have all vectors at most; reads the manifests only."""
        return min(store.count() for store in self._stores)

    def years(self) -> list[int]:
        """The years that have vectors of each model, oldest first."""
        others = [set(store.years()) for store in self._stores[1:]]
        return [year for year in self._first.years() if all(year in years for years in others)]

    def ids(self, year: int) -> list[str]:
        """The papers of a year that have all vectors, sorted."""
        return self._shared(self._first.ids(year))

    def has(self, paper_ids: Iterable[str]) -> set[str]:
        """Those of these papers that have all vectors."""
        return set(self._shared(list(paper_ids), self._stores))

    def get(self, paper_ids: Iterable[str]) -> Vectors:
        """The joined vectors of these papers, in this order; papers that lack one are left out."""
        if len(self._stores) == 1:
            return self._first.get(paper_ids)
        asked = list(paper_ids)
        parts = [store.get(asked) for store in self._stores]
        shared = set.intersection(*(set(part.ids) for part in parts))
        ids = [paper_id for paper_id in asked if paper_id in shared]
        return Vectors(ids, joined([_kept(part, shared) for part in parts]))

    def blocks(self, since: int = 0) -> Iterator[Vectors]:
        """Every paper with all vectors once, in blocks of a year or so; from a year on, as `VectorStore.blocks`."""
        if len(self._stores) == 1:
            yield from self._first.blocks(since)
            return
        for ids, _ in self._first.blocks(since):
            yield self.get(ids)

    def mapped(self) -> View | None:
        """The set as one memory map; None where there is none, as for several models."""
        return self._first.mapped() if len(self._stores) == 1 else None

    def of_first(self, matrix: Matrix) -> Matrix:
        """The unit vectors of the first model out of joined ones (n x dimension)."""
        recipe = self._first.recipe
        if len(self._stores) == 1 or recipe is None:
            return matrix
        return np.asarray(matrix[:, : recipe.dimension] * np.float32(len(self._stores)) ** 0.5)

    def _shared(self, ids: list[str], stores: Sequence[VectorStore] | None = None) -> list[str]:
        for store in self._stores[1:] if stores is None else stores:
            there = store.has(ids)
            ids = [paper_id for paper_id in ids if paper_id in there]
        return ids


def _kept(part: Vectors, ids: set[str]) -> Matrix:
    if len(part.ids) == len(ids):
        return part.matrix
    return part.matrix[[row for row, paper_id in enumerate(part.ids) if paper_id in ids]]


def open_joined(data: DataFolder, aliases: Sequence[str]) -> JoinedVectors:
    """The stored vectors of these models, as one."""
    return JoinedVectors([VectorStore(data, alias) for alias in aliases])
