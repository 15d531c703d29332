"""Summarizer: reads the picked papers, extracts the fields of the settings, tags and links them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.summarizer.agent.batched_readings import BatchedReadings
from services.summarizer.agent.fields import FieldExtractor
from services.summarizer.agent.graph import Agent, Steps
from services.summarizer.agent.prompt_files import PromptFiles
from services.summarizer.agent.reading import PaperReader
from services.summarizer.agent.records import Recorder
from services.summarizer.agent.runs import Runs
from services.summarizer.links.candidates import CandidateFinder
from services.summarizer.links.citations import CitationFinder, UnknownPapers
from services.summarizer.links.cited_lookups import CitedLookups
from services.summarizer.links.field_vectors import FieldVectors
from services.summarizer.links.indexed_papers import IndexedPapers
from services.summarizer.links.judging import RelationJudge
from services.summarizer.links.neighbour_index import NeighbourIndex
from services.summarizer.links.paper_links import Linker
from services.summarizer.links.related_papers import RelatedPapers
from services.summarizer.llm.batches import Batches
from services.summarizer.llm.gateway import Gateway
from services.summarizer.llm.metrics import SpendingCollector
from services.summarizer.llm.window import window_of
from services.summarizer.research.opening import create as create_research
from services.summarizer.research.tracing.kept_calls import CallMemo
from services.summarizer.results.model_names import TableNamer
from services.summarizer.results.step import ResultsStep
from services.summarizer.revisions.watch import RevisionWatch
from services.summarizer.settings import Settings
from services.summarizer.subscribers import (
    papers_at_once,
    register_anchors,
    register_index,
    register_reading,
    register_related,
    register_roles,
    register_tags,
)
from services.summarizer.tag_requests import TagRequests
from services.summarizer.tags.corrections import Corrections
from services.summarizer.tags.sweep import Sweeper
from services.summarizer.tags.sweep_schedule import SweepSchedule
from services.summarizer.tags.tagging import Tagger
from services.summarizer.translating.memory import TranslationMemory
from services.summarizer.translating.translator import Translator, register_translating
from services.summarizer.vectors import Encoder
from shared.bus.bus import NatsBus
from shared.contracts import now
from shared.leases.tasks import by_one_process_each
from shared.service.background import Background, Loop
from shared.service.health import health_router
from shared.service.metrics import new_registry
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger
from shared.store.papers.documents import DocumentStore
from shared.store.papers.links import LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.results import ResultStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.tagging.canonical_summaries import CanonicalSummaries
from shared.store.tagging.tags import TagStore
from shared.store.vectors.embeddings import VectorStore
from shared.tracing.opening import open_tracer

_OPENING_DELAYS_SECONDS = (2.0, 2.0, 5.0, 10.0)
_EMBEDDER_PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)


def create_app(settings: Settings) -> FastAPI:
    """The service, with everything it is made of."""
    options = settings.summarizer
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    metadata, documents = MetadataStore(data), DocumentStore(data)
    summaries, links, tags = SummaryStore(data), LinkStore(data), TagStore(data)
    vectors = VectorStore(data, settings.embedding.model)
    registry = new_registry(data)
    bus = NatsBus(settings.bus, "summarizer", registry, open_tracer(settings.tracing, "summarizer"))
    encoder = Encoder(bus, _EMBEDDER_PAUSES_SECONDS)
    ledger, runs = Ledger(data), Runs(data)
    registry.register(SpendingCollector(ledger, settings.llm, now))
    models = Gateway(settings.llm, data, ledger, CallMemo(runs))
    prompts = PromptFiles(options.prompts or data.path("prompts"))
    reading_model = models.settings_for("extract")
    window = window_of(reading_model, settings.llm.max_input_chars)
    dimension = settings.embedding.active.dimension
    index = NeighbourIndex(data, settings.embedding.model, dimension, settings.summarizer.qdrant_url)
    ratings, unknown = RatingStore(data), UnknownPapers(data)
    papers = IndexedPapers(summaries, metadata, vectors, FieldVectors(data, dimension))
    lookups = CitedLookups(bus, links, metadata, unknown)
    steps = Steps(
        reader=PaperReader(bus, metadata, documents),
        extractor=FieldExtractor(options, models, models.budget, prompts, encoder, window, _attempts(settings)),
        tagger=Tagger(options, tags, metadata, encoder, models),
        linker=Linker(
            options,
            index,
            papers,
            encoder,
            CitationFinder(bus, metadata, unknown),
            CandidateFinder(index, CanonicalSummaries(data, tags), metadata, vectors, links, ratings),
            RelationJudge(models, options.links_per_question),
        ),
        results=ResultsStep(ResultStore(data), documents, TableNamer(models if options.name_results else None), now),
        recorder=Recorder(settings, summaries, links, ledger.of),
    )
    agent = Agent(steps, runs)
    research = create_research(settings, data, bus, models, encoder)
    batched = BatchedReadings(Batches(models, data, ledger), runs, steps.reader, steps.extractor)
    most_papers = papers_at_once(reading_model.most_calls if reading_model else 1)
    register_reading(bus, agent, summaries, metadata, most_papers, batched, models.budget.may_read_more)
    register_index(bus, papers, index, settings.embedding.model)
    register_related(bus, RelatedPapers(links, summaries, metadata))
    register_roles(bus, documents)
    register_anchors(bus, documents)
    register_translating(bus, Translator(models, TranslationMemory(data)))
    research.register(bus, metadata)
    register_tags(bus, TagRequests(TagStore(data), Corrections(TagStore(data), now)))

    opened = asyncio.Event()

    async def work() -> None:
        """Beside the health pages, which answer at once; what fails to open is opened again."""
        await agent.open()
        await index.open()
        await papers.catch_up(index)
        async with bus.running():
            opened.set()
            await asyncio.Event().wait()

    async def tend_links() -> None:
        """What links lack is made up for, when all is open: vectors of fields, metadata of cited papers."""
        await opened.wait()
        await papers.complete(index, encoder)
        await lookups.run()

    async def look_at_batches() -> None:
        await opened.wait()
        await batched.run(bus.publish)

    def when_open(loop: Loop) -> Loop:
        async def begin() -> None:
            await opened.wait()
            await loop()

        return begin

    sweeper = Sweeper(tags, now)
    sweeps = SweepSchedule(sweeper, encoder, data, options.sweep_time, options.sweep_applies_sure)
    revisions = RevisionWatch(data, bus, now, options.revision_documents_per_day, options.quotes_gone)
    asking = {name: when_open(loop) for name, loop in research.loops().items()}
    for_one = {
        "links": tend_links,
        "batches": look_at_batches,
        "tag sweeps": sweeps.run,
        "new versions": when_open(revisions.run),
        **asking,
    }
    background = Background(
        {"reading": work, "passages": research.tend, **by_one_process_each(for_one)}, _OPENING_DELAYS_SECONDS
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with background.running():
                yield
        finally:
            await research.close()
            await index.close()
            await agent.close()
            await models.close()

    app = FastAPI(title="papersys summarizer", lifespan=lifespan)
    checks = {
        "bus": bus.problem,
        "qdrant": index.problem,
        "prompts": prompts.problem,
        "prompts of questions": research.prompts.problem,
        "passages": research.passages.retriever.problem,
        "background": background.problem,
    }
    app.include_router(health_router("summarizer", checks, registry))
    return app


def _attempts(settings: Settings) -> int:
    """Tries with the model before a paper goes on without it; fewer than the bus grants, which buries it then."""
    return max(1, min(settings.summarizer.llm_attempts, len(settings.bus.retry_delays_seconds)))
