"""Retrieval, with everything it is made of."""

from dataclasses import dataclass

from services.summarizer.research.chunking.sections import chunker_name
from services.summarizer.research.retrieval.abstracts import Abstracts
from services.summarizer.research.retrieval.corpora import Corpora, ReadingLists
from services.summarizer.research.retrieval.passage_encoding import PassageEncoder
from services.summarizer.research.retrieval.passage_index import PassageIndex
from services.summarizer.research.retrieval.recipes import recipe_of
from services.summarizer.research.retrieval.retriever import Retriever
from services.summarizer.settings import Settings
from shared.bus.questions.requests import SendRequest
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.research.chunk_vectors import ChunkVectors
from shared.store.research.chunks import ChunkStore
from shared.store.tagging.canonical_summaries import CanonicalSummaries
from shared.store.tagging.tags import TagStore
from shared.store.vectors.embeddings import VectorStore


@dataclass(frozen=True)
class Passages:
    """What finds passages: open and close `retriever`, and keep `retriever.tend()` running."""

    chunks: ChunkStore
    corpora: Corpora
    retriever: Retriever


def create_passages(settings: Settings, data: DataFolder, ask: SendRequest, lists: ReadingLists) -> Passages:
    """Nothing is opened yet. `lists` say who keeps which papers."""
    alias, model = settings.embedding.model, settings.embedding.active
    chunks, metadata = ChunkStore(data), MetadataStore(data)
    vectors = ChunkVectors(data, alias, recipe_of(model))
    max_words = settings.summarizer.chunk_words
    retriever = Retriever(
        chunks,
        vectors,
        PassageIndex(data, chunks, vectors, chunker_name(max_words), settings.summarizer.qdrant_url),
        DocumentStore(data),
        PassageEncoder(ask, alias, model.dimension),
        Abstracts(ask, metadata, VectorStore(data, alias)),
        max_words,
    )
    return Passages(chunks, Corpora(chunks, lists, CanonicalSummaries(data, TagStore(data)), metadata), retriever)
