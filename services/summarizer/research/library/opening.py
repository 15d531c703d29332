"""The reading lists of the summarizer, with everything they are made of."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol

from services.summarizer.research.library.listing import Listing
from services.summarizer.research.library.preparation import PassageIndex, Preparation
from services.summarizer.research.library.summarised_papers import ChunkedPapers, SummarisedPapers
from services.summarizer.research.library.worker import ReadingListWorker
from services.summarizer.settings import SummarizerSettings
from shared.bus.bus import Bus
from shared.contracts import now
from shared.service.background import Loop
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.people.signals import SignalStore
from shared.store.people.users import UserStore
from shared.store.research.reading_list import ReadingListStore
from shared.store.vectors.manifest import Recipe

_DIGITS = 8


class Indexer(Protocol):
    """What indexes papers and forgets them (`retrieval.retriever.Retriever`)."""

    async def index(self, paper_id: str, version: int) -> int: ...

    async def forget(self, paper_id: str) -> None: ...


@dataclass(frozen=True)
class NamedIndex:
    """An index with the names of what it is made by, which lists remember of each paper."""

    indexer: Indexer
    chunker: str
    embedding_model: str

    async def index(self, paper_id: str, version: int) -> int:
        return await self.indexer.index(paper_id, version)

    async def forget(self, paper_id: str) -> None:
        await self.indexer.forget(paper_id)


def embedding_name(recipe: Recipe) -> str:
    """What vectors were made by, in a few words: the same name, the same vectors."""
    digest = hashlib.sha256(json.dumps(asdict(recipe)).encode()).hexdigest()[:_DIGITS]
    return f"{recipe.model} ({digest})"


@dataclass(frozen=True)
class Library:
    """`listing` answers requests; `worker` is woken by them."""

    listing: Listing
    worker: ReadingListWorker
    summarised: SummarisedPapers

    def loops(self) -> dict[str, Loop]:
        """What runs beside the requests, in one process of all that share the data folder."""
        return {"reading lists": self.worker.run, "passages of summarised papers": self.summarised.run}


def open_library(
    options: SummarizerSettings,
    data: DataFolder,
    bus: Bus,
    passages: PassageIndex,
    chunks: ChunkedPapers,
    is_asking: Callable[[], bool] = lambda: False,
) -> Library:
    """Nothing is begun yet. While `is_asking`, summarised papers wait."""
    store, signals, metadata = ReadingListStore(data), SignalStore(data), MetadataStore(data)
    documents = DocumentStore(data)
    preparation = Preparation(bus, metadata, documents, passages)
    worker = ReadingListWorker(
        store,
        preparation,
        passages,
        metadata,
        documents,
        signals,
        UserStore(data),
        now,
        saved_is_listed=options.saved_is_listed,
    )

    def is_busy() -> bool:
        return worker.is_busy() or is_asking()

    summarised = SummarisedPapers(data, preparation, passages, chunks, is_busy, are_indexed=options.index_summarised)
    return Library(Listing(store, signals, now, saved_is_listed=options.saved_is_listed), worker, summarised)
