"""What services lend to a migration: rules that are theirs and may not be written twice."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.contracts.people.importing import ImportReport
from shared.store.files.data_folder import DataFolder
from shared.store.papers.rows import Paper
from shared.store.vectors.embeddings import Matrix
from shared.store.vectors.manifest import Recipe
from shared.text.rating_files.rated_rows import RatingFile

Encode = Callable[[Sequence[str]], Matrix]


class StoreRatings(Protocol):
    """The feedback service's import of ratings."""

    def __call__(
        self,
        data: DataFolder,
        files: Sequence[RatingFile],
        user: str,
        at: datetime,
        *,
        also_stored: Collection[str] = (),
        dry_run: bool = False,
    ) -> ImportReport: ...


class TakeKeywords(Protocol):
    """The summarizer's canonical index, for a tree (pairs of a keyword and its topic) and for keywords of papers by id.

    Returns the keywords of the tree that are no tags, and whether the tag of each keyword of papers counts already.
    """

    def __call__(
        self,
        data: DataFolder,
        tree: Sequence[tuple[str, str]],
        keywords: Mapping[str, Sequence[str]],
        encode: Encode,
        at: datetime,
        *,
        dry_run: bool = False,
    ) -> tuple[Sequence[str], Mapping[str, bool]]: ...


RecipeAndHash = Callable[[str], tuple[Recipe, Callable[[Paper], str]]]
"""The embedder's recipe of a model of the settings by alias, and the hash of what it embeds of a paper."""


@dataclass(frozen=True)
class Lent:
    """All of it; `encode` gives a unit row a text."""

    store_ratings: StoreRatings
    take_keywords: TakeKeywords
    recipe_and_hash: RecipeAndHash
    encode: Encode
