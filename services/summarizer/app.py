"""Summarizer: reads the picked papers, extracts the fields of the settings, tags and links them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from services.summarizer.agent.fields import FieldExtractor
from services.summarizer.agent.graph import Agent, Steps
from services.summarizer.agent.question_answering import Answerer
from services.summarizer.agent.reading import PaperReader
from services.summarizer.agent.records import Recorder
from services.summarizer.links.indexed_papers import IndexedPapers
from services.summarizer.links.neighbour_index import NeighbourIndex
from services.summarizer.links.paper_links import Linker
from services.summarizer.llm.client import Llm
from services.summarizer.settings import Settings
from services.summarizer.subscribers import register_answers, register_index, register_reading
from services.summarizer.tags.sweep import Sweeper
from services.summarizer.tags.sweep_schedule import SweepSchedule
from services.summarizer.tags.tagging import Tagger
from services.summarizer.vectors import Encoder
from shared.bus.bus import NatsBus
from shared.contracts import now
from shared.service.background import Background
from shared.service.health import health_router
from shared.store.files.data_folder import DataFolder
from shared.store.ledger import Ledger
from shared.store.links import LinkStore
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.summaries import SummaryStore
from shared.store.tags import TagStore
from shared.store.vectors.embeddings import VectorStore

_OPENING_DELAYS_SECONDS = (2.0, 2.0, 5.0, 10.0)
_EMBEDDER_PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)


def create_app(settings: Settings) -> FastAPI:
    """The service, with everything it is made of."""
    options = settings.summarizer
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    metadata, documents = MetadataStore(data), DocumentStore(data)
    summaries, links, tags = SummaryStore(data), LinkStore(data), TagStore(data)
    vectors = VectorStore(data, settings.embedding.model)
    registry = CollectorRegistry()
    bus = NatsBus(settings.bus, "summarizer", registry)
    encoder = Encoder(bus, _EMBEDDER_PAUSES_SECONDS)
    llm = Llm(settings.llm, Ledger(data))
    dimension = settings.embedding.active.dimension
    index = NeighbourIndex(data, settings.embedding.model, dimension, settings.summarizer.qdrant_url)
    papers = IndexedPapers(summaries, metadata, vectors)
    steps = Steps(
        reader=PaperReader(bus, metadata, documents),
        extractor=FieldExtractor(options, llm, encoder, settings.llm.max_input_chars, _attempts(settings)),
        tagger=Tagger(options, tags, metadata, encoder),
        linker=Linker(options, index, vectors, metadata),
        recorder=Recorder(settings, summaries, links),
    )
    agent = Agent(steps)
    answerer = Answerer(llm, encoder, index, summaries, metadata, documents)
    register_reading(bus, agent, summaries, metadata)
    register_index(bus, papers, index, settings.embedding.model)
    register_answers(bus, answerer, summaries, links)

    async def work() -> None:
        """Beside the health pages, which answer at once; what fails to open is opened again."""
        await agent.open()
        await index.open()
        await papers.catch_up(index)
        async with bus.running():
            await asyncio.Event().wait()

    sweeper = Sweeper(tags, now)
    sweeps = SweepSchedule(sweeper, encoder, data, options.sweep_time, options.sweep_applies_sure)
    background = Background({"reading": work, "tag sweeps": sweeps.run}, _OPENING_DELAYS_SECONDS)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with background.running():
                yield
        finally:
            await index.close()
            await llm.close()

    app = FastAPI(title="papersys summarizer", lifespan=lifespan)
    checks = {"bus": bus.problem, "qdrant": index.problem, "background": background.problem}
    app.include_router(health_router("summarizer", checks, registry))
    return app


def _attempts(settings: Settings) -> int:
    """Tries with the model before a paper goes on without it; fewer than the bus grants, which buries it then."""
    return max(1, min(settings.summarizer.llm_attempts, len(settings.bus.retry_delays_seconds)))
