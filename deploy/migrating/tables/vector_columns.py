"""One column of vectors on its way into the set of an alias."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from deploy.migrating.manifest import VectorEntry
from deploy.migrating.tables.table_schema import VectorColumn
from deploy.migrating.tables.vector_batches import read_vectors
from shared.store.files.data_folder import DataFolder
from shared.store.papers.rows import Paper
from shared.store.vectors.embeddings import Recipe, VectorStore
from shared.store.vectors.streamed import VectorStream
from shared.store.vectors.table import Embedded

UNKNOWN = "unknown, migrated"
HashOfText = Callable[[Paper], str]


@dataclass(frozen=True)
class VectorTarget:
    """Where vectors go: the set, its recipe, and the hash of what was embedded, where the recipe is known."""

    alias: str
    recipe: Recipe
    hash_of: HashOfText | None = None


def unknown_recipe(dimension: int, column: str, origin: str) -> Recipe:
    """The recipe of vectors of which nobody said what made them: like no other, so that they are mixed with none."""
    return Recipe(UNKNOWN, f"column {column} of {origin}", dimension, 0, text=UNKNOWN)


def is_unknown(recipe: Recipe) -> bool:
    """Whether it is a recipe of `unknown_recipe`."""
    return recipe.model == UNKNOWN


class VectorColumnTaker:
    """Takes the vectors of one column of one file, batch by batch; in a dry run it only counts."""

    def __init__(
        self,
        data: DataFolder,
        column: VectorColumn,
        target: VectorTarget,
        made: tuple[str, datetime],
        drafts: Path | None,
        *,
        is_resumed: bool = False,
    ) -> None:
        """`made` is the name of the file and the moment of the migration; without `drafts` nothing is written.
        `is_resumed`: it was interrupted, so what is stored from this file is of this migration."""
        self.column = column
        self.entry = VectorEntry(alias=target.alias, dimension=target.recipe.dimension, type=column.type)
        self._target = target
        self._source, self._at = made
        self._is_resumed = is_resumed
        self._seen: set[str] = set()
        self._reader = VectorStore(data, target.alias, cached=False)
        self._stream = VectorStream(data, target.alias, target.recipe, drafts) if drafts is not None else None

    @property
    def needs_papers(self) -> bool:
        """Whether the text of each paper is to be hashed."""
        return self._target.hash_of is not None

    def take(self, ids: Sequence[str], papers: Sequence[Paper | None], column: pa.Array) -> None:
        """The vectors of a batch of rows; an id is empty where a row names no paper, `papers` where none is needed."""
        entry = self.entry
        batch = read_vectors(column, entry.dimension)
        for name in ("rows", "null", "zero", "not_finite", "wrong_length"):
            setattr(entry, name, getattr(entry, name) + getattr(batch.counts, name))
        places = batch.rows.tolist()
        names = [ids[row] for row in places]
        fresh = self._new(names)
        entry.kept += len(fresh)
        entry.scaled += batch.counts.scaled
        if self._stream is not None and fresh:
            is_all = len(fresh) == len(names)
            matrix = np.ascontiguousarray(batch.matrix if is_all else batch.matrix[fresh])
            hashes = [self._hash(papers[places[number]]) if papers else "" for number in fresh]
            fresh_ids = names if is_all else [names[number] for number in fresh]
            self._stream.add(Embedded(fresh_ids, matrix, hashes, self._source, self._at))

    def commit(self) -> list[int]:
        """Make them part of the set; returns the years whose rows are not sorted."""
        return self._stream.commit() if self._stream is not None else []

    def discard(self) -> None:
        if self._stream is not None:
            self._stream.discard()

    def _new(self, names: list[str]) -> Sequence[int]:
        """Which of these papers have no vector yet; of several rows of one paper the first. An empty name is none."""
        unique = set(names)
        stored = self._stored(list(unique - {""}))
        if len(unique) == len(names) and not stored and "" not in unique and self._seen.isdisjoint(unique):
            self._seen |= unique
            return range(len(names))
        return [number for number, name in enumerate(names) if self._is_new(name, stored)]

    def _is_new(self, name: str, stored: Mapping[str, str]) -> bool:
        entry = self.entry
        if not name:
            entry.without_id += 1
        elif name in self._seen:
            entry.doubled += 1
        elif name not in stored:
            self._seen.add(name)
            return True
        else:
            self._seen.add(name)
            is_ours = self._is_resumed and stored[name] == self._source
            entry.kept, entry.known = entry.kept + is_ours, entry.known + (not is_ours)
        return False

    def _stored(self, paper_ids: list[str]) -> dict[str, str]:
        if self._stream is not None:
            return self._stream.stored(paper_ids)
        return dict.fromkeys(self._reader.has(paper_ids), "")

    def _hash(self, paper: Paper | None) -> str:
        return self._target.hash_of(paper) if self._target.hash_of is not None and paper is not None else ""
