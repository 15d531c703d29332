"""What the command line can have done without a running system."""

import asyncio

from services.summarizer.links.field_vectors import FieldVectors
from services.summarizer.links.indexed_papers import IndexedPapers
from services.summarizer.links.neighbour_index import NeighbourIndex
from services.summarizer.settings import Settings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.vectors.embeddings import VectorStore


def rebuild_index(settings: Settings) -> int:
    """Make Qdrant's folder anew from summaries and vectors; returns how many papers are in it.

    Raises TemporaryFailure while a running summarizer has it open.
    """
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    vectors = VectorStore(data, settings.embedding.model)
    dimension = settings.embedding.active.dimension
    papers = IndexedPapers(SummaryStore(data), MetadataStore(data), vectors, FieldVectors(data, dimension))
    index = NeighbourIndex(data, settings.embedding.model, dimension, settings.summarizer.qdrant_url)
    return asyncio.run(_rebuilt(index, papers))


async def _rebuilt(index: NeighbourIndex, papers: IndexedPapers) -> int:
    try:
        await index.open()
        await index.clear()
        return await papers.catch_up(index)
    finally:
        await index.close()
