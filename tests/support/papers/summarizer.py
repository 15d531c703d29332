"""A whole summarizer in memory and a temporary folder: real stores, real graph, real Qdrant, a fake bus."""

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

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
from services.summarizer.llm.asking import LanguageModels
from services.summarizer.llm.batches import Batches
from services.summarizer.llm.gateway import Gateway
from services.summarizer.llm.window import window_of
from services.summarizer.results.model_names import TableNamer
from services.summarizer.results.step import ResultsStep
from services.summarizer.settings import Settings
from services.summarizer.subscribers import register_index, register_reading, register_related
from services.summarizer.tags.tagging import Tagger
from services.summarizer.vectors import Encoder, Matrix
from shared.contracts import Document, DocumentReply, Encode, EncodeReply, Lookup, LookupReply, now
from shared.settings.settings import DataSettings, LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger
from shared.store.papers.documents import DocumentRecord, DocumentStore, Reference, Section
from shared.store.papers.links import LinkStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.results import ResultStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.tagging.canonical_summaries import CanonicalSummaries
from shared.store.tagging.tags import TagStore
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.manifest import Recipe
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.support.bus.in_memory import FakeBus

DIMENSION = 384
PAPER_ID, OTHER_ID = "2610.00001", "2610.00002"
WHEN = datetime(2026, 10, 26, tzinfo=UTC)
TITLE = "Merge trees for sorting on cheap disks"
ABSTRACT = (
    "Sorting very large files remains slow on cheap disks. We propose merge trees that keep their runs in memory. "
    "Experiments show that they are twice as fast as the usual external sorting."
)
METHOD_TEXT = (
    "We use a tree of tournament nodes, each holding the head of one run. The tree is rebuilt whenever a run ends, "
    "which happens at most 64 times in a pass."
)
LIMITS_TEXT = "Our tree does not support records that are larger than a page. All runs must fit on one disk."
SECTIONS = [
    Section(title="Introduction", level=1, text="External sorting is an old problem, and disks are still slow."),
    Section(title="Method", level=1, text=METHOD_TEXT),
    Section(title="Limitations", level=1, text=LIMITS_TEXT),
    Section(title="References", level=1, text="[1] A. Author. External sorting with few disks. arXiv:2610.00002."),
]
REFERENCES = (
    Reference(text="A. Author. External sorting with few disks. arXiv:2610.00002.", arxiv_id="2610.00002"),
    Reference(text="B. Author. A book.", arxiv_id=None),
    Reference(text="C. Author. Never harvested. arXiv:1901.00001.", arxiv_id="1901.00001v2"),
)


def paper(paper_id: str = PAPER_ID, title: str = TITLE, abstract: str = ABSTRACT, version: int = 1) -> Paper:
    return Paper(
        paper_id=paper_id,
        version=version,
        title=title,
        abstract=abstract,
        authors=("A. Author",),
        categories=("cs.DS", "cs.DB"),
        primary_category="cs.DS",
        published_at=WHEN,
        updated_at=WHEN,
    )


def vector_of(text: str) -> Matrix:
    """A unit vector of a text's words: texts with words in common are near."""
    row = np.zeros(DIMENSION, dtype=np.float32)
    for word in re.findall(r"[a-z]{3,}", text.casefold()):
        row[int(hashlib.sha256(word.rstrip("s").encode()).hexdigest(), 16) % DIMENSION] += 1.0
    row[0] += 0.01
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


def encode(request: Encode) -> EncodeReply:
    return EncodeReply(model="minilm", vectors=tuple(tuple(vector_of(text).tolist()) for text in request.texts))


class Room:
    """One summarizer; `bus` has what it published."""

    def __init__(
        self,
        folder: Path,
        llm: LlmSettings | None = None,
        most_papers: int = 4,
        judges: LanguageModels | None = None,
        **asked: object,
    ) -> None:
        self.settings = Settings.model_validate(
            {"data": DataSettings(path=folder, min_free_mb=0), "llm": llm or LlmSettings(), "summarizer": asked}
        )
        self.data = DataFolder(folder, 0)
        self.bus = FakeBus()
        self.metadata, self.documents = MetadataStore(self.data), DocumentStore(self.data)
        self.summaries, self.links, self.tags = SummaryStore(self.data), LinkStore(self.data), TagStore(self.data)
        self.results = ResultStore(self.data)
        self.vectors = VectorStore(self.data, "minilm")
        self.ledger = Ledger(self.data)
        self.index = NeighbourIndex(self.data, "minilm", DIMENSION)
        fields = FieldVectors(self.data, DIMENSION)
        self.library = IndexedPapers(self.summaries, self.metadata, self.vectors, fields)
        self.ratings, self.unknown = RatingStore(self.data), UnknownPapers(self.data)
        self.lookups = CitedLookups(self.bus, self.links, self.metadata, self.unknown)
        self.encoder = Encoder(self.bus)
        wanted = self.settings.summarizer
        self.runs = Runs(self.data)
        self.llm = models = Gateway(self.settings.llm, self.data, self.ledger, self.runs, pauses=())
        prompts, window = (
            PromptFiles(self.data.path("prompts")),
            window_of(models.settings_for("extract"), self.settings.llm.max_input_chars),
        )
        self.agent = Agent(
            Steps(
                PaperReader(self.bus, self.metadata, self.documents),
                FieldExtractor(wanted, models, models.budget, prompts, self.encoder, window, wanted.llm_attempts),
                Tagger(wanted, self.tags, self.metadata, self.encoder, judges),
                Linker(
                    wanted,
                    self.index,
                    self.library,
                    self.encoder,
                    CitationFinder(self.bus, self.metadata, self.unknown),
                    CandidateFinder(
                        self.index,
                        CanonicalSummaries(self.data, self.tags),
                        self.metadata,
                        self.vectors,
                        self.links,
                        self.ratings,
                    ),
                    RelationJudge(judges, wanted.links_per_question),
                ),
                ResultsStep(self.results, self.documents, TableNamer(judges), now),
                Recorder(self.settings, self.summaries, self.links, self.ledger.of),
            ),
            self.runs,
        )
        self.batched = BatchedReadings(
            Batches(models, self.data, self.ledger), self.runs, self.agent.steps.reader, self.agent.steps.extractor
        )
        register_reading(
            self.bus, self.agent, self.summaries, self.metadata, most_papers, self.batched, models.budget.may_read_more
        )
        register_index(self.bus, self.library, self.index, self.settings.embedding.model)
        register_related(self.bus, RelatedPapers(self.links, self.summaries, self.metadata))
        self.bus.answers = {Encode: encode, Document: self._document, Lookup: LookupReply()}

    def hold(self, *papers: Paper, sections: list[Section] | None = None, markdown: str = "") -> None:
        """Harvest papers, with vectors and documents."""
        self.metadata.put(papers)
        self.embed(*papers)
        for one in papers:
            record = DocumentRecord(
                paper_id=one.paper_id,
                version=one.version,
                status="converted",
                route="latex",
                grade="good",
                references=REFERENCES,
                made_at=WHEN,
            )
            self.documents.put(record, markdown, SECTIONS if sections is None else sections)

    def embed(self, *papers: Paper) -> None:
        write_vectors(self.data, {one.paper_id: vector_of(one.text) for one in papers})

    def _document(self, request: Document) -> DocumentReply:
        record = self.documents.record(request.paper_id)
        if record is None:
            return DocumentReply(paper_id=request.paper_id, version=1, status="missing")
        return self.documents.reply(record)


@asynccontextmanager
async def room(
    folder: Path,
    llm: LlmSettings | None = None,
    most_papers: int = 4,
    judges: LanguageModels | None = None,
    **asked: object,
) -> AsyncIterator[Room]:
    """An open summarizer; `judges` are the models that it asks about tags and links."""
    opened = Room(folder, llm, most_papers, judges, **asked)
    await opened.agent.open()
    await opened.index.open()
    await opened.library.catch_up(opened.index)
    try:
        yield opened
    finally:
        await opened.index.close()
        await opened.agent.close()
        await opened.llm.close()


def write_vectors(data: DataFolder, vectors: dict[str, Matrix]) -> None:
    """Store vectors as the embedder does."""
    recipe = Recipe(model="words", revision="1", dimension=DIMENSION, max_length=256)
    hashes = [hashlib.sha256(vector.tobytes()).hexdigest() for vector in vectors.values()]
    embedded = Embedded(list(vectors), np.stack(list(vectors.values())), hashes, "test", WHEN)
    VectorWriter(data, "minilm", recipe).put(embedded)


def write_random_vectors(data: DataFolder, first: int, count: int) -> None:
    """Vectors in any direction, of so many papers from a number on."""
    vectors = np.random.default_rng(first).normal(size=(count, DIMENSION))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    write_vectors(data, {f"2611.{first + row:05}": vector for row, vector in enumerate(vectors.astype(np.float32))})
