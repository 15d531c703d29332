"""The papers that were read, as points of the neighbour index, which is brought up to them."""

import asyncio
import logging
from collections.abc import Iterable

from services.summarizer.links.neighbour_index import NeighbourIndex, Point
from shared.store.papers.metadata import MetadataStore
from shared.store.summaries import SummaryStore
from shared.store.vectors.embeddings import VectorStore

log = logging.getLogger(__name__)

_POINTS_AT_ONCE = 200


class IndexedPapers:
    """Summaries, with titles and vectors."""

    def __init__(self, summaries: SummaryStore, metadata: MetadataStore, vectors: VectorStore) -> None:
        self._summaries = summaries
        self._metadata = metadata
        self._vectors = vectors

    def read_ids(self) -> set[str]:
        return {summary.paper_id for summary in self._summaries.all()}

    def points(self, paper_ids: Iterable[str]) -> list[Point]:
        """The points of those of these papers that were read and have a vector."""
        summaries = self._summaries.get_many(paper_ids)
        papers = self._metadata.get(summaries)
        vectors = self._vectors.get(summaries)
        return [
            Point(paper_id, vector, papers[paper_id].title if paper_id in papers else "", summaries[paper_id].tags)
            for paper_id, vector in zip(vectors.ids, vectors.matrix, strict=True)
        ]

    async def catch_up(self, index: NeighbourIndex) -> int:
        """Add what the index lacks and drop what it should not have; returns how many papers were added."""
        indexed, read = await index.paper_ids(), await asyncio.to_thread(self.read_ids)
        await index.drop(indexed - read)
        missing = sorted(read - indexed)
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
