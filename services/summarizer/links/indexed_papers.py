"""The papers that were read, as points of the neighbour index, which is brought up to them."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence

from services.summarizer.links.field_vectors import FieldVectors, field_texts, stamp_of_fields
from services.summarizer.links.neighbour_index import NeighbourIndex
from services.summarizer.links.qdrant_storage import Point
from services.summarizer.vectors import Encoder, Matrix
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.vectors.embeddings import VectorStore

log = logging.getLogger(__name__)

_POINTS_AT_ONCE = 1000
_ENCODED_AT_ONCE = 64


class IndexedPapers:
    """Summaries, with titles and vectors. Without `fields` only the vector of title and abstract is known."""

    def __init__(
        self, summaries: SummaryStore, metadata: MetadataStore, vectors: VectorStore, fields: FieldVectors | None = None
    ) -> None:
        self._summaries = summaries
        self._metadata = metadata
        self._vectors = vectors
        self._fields = fields

    def points(self, paper_ids: Iterable[str]) -> list[Point]:
        """The points of those of these papers that were read and have a vector."""
        summaries = self._summaries.get_many(paper_ids)
        papers = self._metadata.get(summaries)
        vectors = self._vectors.get(summaries)
        texts = {paper_id: field_texts(summary) for paper_id, summary in summaries.items()}
        known = self._known([text for fields in texts.values() for text in fields.values()])
        return [
            self._point(summaries[paper_id], papers[paper_id].title if paper_id in papers else "", vector, known)
            for paper_id, vector in zip(vectors.ids, vectors.matrix, strict=True)
        ]

    async def catch_up(self, index: NeighbourIndex) -> int:
        """Add what the index lacks and drop what it should not have; returns how many papers were added.

        The embedder is not asked: what has no vectors of its fields yet gets them by `complete`.
        """
        stamps = await index.stamps()
        wanted = await asyncio.to_thread(self._stamps)
        await index.drop(stamps.keys() - wanted)
        missing = sorted(paper_id for paper_id in wanted if stamps.get(paper_id) != wanted[paper_id])
        added = 0
        for start in range(0, len(missing), _POINTS_AT_ONCE):
            added += await self.refresh(index, missing[start : start + _POINTS_AT_ONCE])
        if added:
            log.info("Added %d read papers to Qdrant.", added, extra={"action": "qdrant_caught_up"})
        return added

    async def refresh(self, index: NeighbourIndex, paper_ids: Iterable[str]) -> int:
        """Store the present vectors of those of these papers that were read; returns how many."""
        points = await asyncio.to_thread(self.points, list(paper_ids))
        await index.put(points)
        return len(points)

    async def complete(self, index: NeighbourIndex, encoder: Encoder) -> int:
        """Have the fields that have no vector yet encoded, newest papers first; returns how many papers got theirs.

        Ends early, without harm, where the embedder does not answer.
        """
        lacking = await asyncio.to_thread(self._without_field_vectors)
        done = 0
        for start in range(0, len(lacking), _ENCODED_AT_ONCE):
            part = lacking[start : start + _ENCODED_AT_ONCE]
            texts = [text for summary in part for text in field_texts(summary).values()]
            if await self.encode(encoder, texts) is None:
                break
            done += await self.refresh(index, [summary.paper_id for summary in part])
        return done

    async def encode(self, encoder: Encoder, texts: Sequence[str]) -> dict[str, Matrix] | None:
        """The vectors (d) of texts, remembered; None where the embedder does not answer."""
        known = await asyncio.to_thread(self._known, texts)
        missing = list(dict.fromkeys(text for text in texts if text not in known))
        if not missing:
            return known
        matrix = await encoder.encode(missing)
        if matrix is None:
            return None
        made = dict(zip(missing, matrix, strict=True))
        if self._fields is not None:
            await asyncio.to_thread(self._fields.put, self._recipe(), made)
        return known | made

    async def vector(self, paper_id: str) -> Matrix | None:
        """The vector (d) of a paper's title and abstract; None where it has none yet."""
        vectors = await asyncio.to_thread(self._vectors.get, [paper_id])
        return vectors.matrix[0] if vectors.ids else None

    def stamp(self, texts: Mapping[str, str]) -> str:
        """The stamp of a point whose fields have these texts, all with their vectors."""
        return stamp_of_fields(self._recipe(), texts)

    def _point(self, summary: Summary, title: str, vector: Matrix, known: Mapping[str, Matrix]) -> Point:
        texts = field_texts(summary)
        fields = {name: known[text] for name, text in texts.items() if text in known}
        stamp = self.stamp({name: texts[name] for name in fields})
        return Point(summary.paper_id, vector, title, summary.tags, fields, stamp)

    def _known(self, texts: Sequence[str]) -> dict[str, Matrix]:
        return self._fields.get(self._recipe(), texts) if self._fields is not None and texts else {}

    def _recipe(self) -> str:
        return repr(self._vectors.recipe)

    def _stamps(self) -> dict[str, str]:
        """The stamp that the point of each read paper should have, as far as its fields' vectors are known."""
        texts = {summary.paper_id: field_texts(summary) for summary in self._summaries.all()}
        known = self._known([text for fields in texts.values() for text in fields.values()])
        recipe = self._recipe()
        return {
            paper_id: stamp_of_fields(recipe, {name: text for name, text in fields.items() if text in known})
            for paper_id, fields in texts.items()
        }

    def _without_field_vectors(self) -> list[Summary]:
        summaries = sorted(self._summaries.all(), key=lambda summary: summary.paper_id, reverse=True)
        known = self._known([text for summary in summaries for text in field_texts(summary).values()])
        return [summary for summary in summaries if any(text not in known for text in field_texts(summary).values())]
