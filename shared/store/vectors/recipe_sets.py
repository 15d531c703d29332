"""Sets of vectors of one model, each by its recipe: those of another one are put aside, and found again by theirs."""

import hashlib
import json
import logging
from dataclasses import asdict
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.manifest import FILE_NAME, Recipe, read_manifest

log = logging.getLogger(__name__)


class RecipeSets:
    """The sets of vectors of one model alias, seen from a recipe."""

    def __init__(self, data: DataFolder, alias: str, recipe: Recipe) -> None:
        self._data = data
        self._alias = alias
        self._recipe = recipe
        self._folder = VectorStore(data, alias).folder

    def is_current(self) -> bool:
        """Whether the stored vectors, if any, were made by this recipe."""
        manifest = read_manifest(self._folder / FILE_NAME)
        return manifest is None or not self._recipe.difference(manifest.recipe)

    def stored(self) -> VectorStore:
        """The vectors of this recipe: those in their place, those put aside once, or none."""
        if self.is_current():
            return VectorStore(self._data, self._alias)
        return VectorStore(self._data, self._aside(self._recipe).name, cached=False)

    def start(self) -> None:
        """Put vectors of another recipe aside, as folder `<alias>@<hash of the recipe>`, and bring back those of this.

        So a changed recipe starts a new set, and a recipe that is restored finds its vectors again. Nothing is lost.
        """
        with self._data.lock(f"embeddings-{self._alias}"):
            manifest = read_manifest(self._folder / FILE_NAME)
            difference = self._recipe.difference(manifest.recipe) if manifest else ""
            if manifest is not None and difference:
                aside = self._aside(manifest.recipe)
                facts = {"action": "new_vectors", "difference": difference, "aside": aside.name}
                log.warning("Another recipe starts a new set of vectors; the old set is put aside.", extra=facts)
                self._data.move_folder(self._folder, aside)
            kept = self._aside(self._recipe)
            if kept.exists() and not (self._folder / FILE_NAME).exists():
                self._data.move_folder(kept, self._folder)

    def _aside(self, recipe: Recipe) -> Path:
        digest = hashlib.sha256(json.dumps(asdict(recipe)).encode()).hexdigest()[:8]
        return self._folder.with_name(f"{self._alias}@{digest}")
