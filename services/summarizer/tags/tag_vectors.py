"""Vectors of the tags of the index, kept while the embedding model stays the same."""

from collections.abc import Mapping

from services.summarizer.vectors import Encoder, Matrix
from shared.store.tagging.tag_index import TagIndex


class TagVectors:
    """Unit rows (d) by slug, of labels; encoded once each."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._labels: dict[str, str] = {}
        self._vectors: dict[str, Matrix] = {}
        self._model: str | None = None

    async def of(self, index: TagIndex) -> Mapping[str, Matrix]:
        """Of all tags that are not merged, rejected or retired; those known so far where the embedder is away."""
        if self._encoder.model != self._model:
            self._labels, self._vectors, self._model = {}, {}, self._encoder.model
        tags = {slug: tag for slug, tag in index.tags.items() if tag.status in ("canonical", "waiting")}
        missing = [tag for slug, tag in tags.items() if self._labels.get(slug) != tag.label]
        vectors = await self._encoder.encode([tag.label for tag in missing])
        if vectors is not None:
            self._vectors.update({tag.slug: vectors[row] for row, tag in enumerate(missing)})
            self._labels.update({tag.slug: tag.label for tag in missing})
        return {slug: self._vectors[slug] for slug in tags if slug in self._vectors}
