"""Links as they would have been found when each paper was read: papers that were read later are not known yet."""

import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from services.summarizer.agent.runs import Runs
from services.summarizer.choosing.reaching import reachable
from services.summarizer.links.candidates import Candidate, CandidateFinder, TagPapers
from services.summarizer.links.citations import Citation, CitationFinder, UnknownPapers
from services.summarizer.links.field_vectors import FieldVectors, field_texts
from services.summarizer.links.indexed_papers import IndexedPapers
from services.summarizer.links.judging import RelationJudge
from services.summarizer.links.neighbour_index import NeighbourIndex
from services.summarizer.links.paper_links import Linker
from services.summarizer.links.qdrant_storage import VectorName
from services.summarizer.llm.gateway import Gateway
from services.summarizer.replay.bookkeeping import InsistingModels, event_id_of
from services.summarizer.replay.local_encoder import LocalEncoder
from services.summarizer.settings import Settings
from services.summarizer.state import State
from services.summarizer.vectors import Matrix
from shared.bus.questions.requests import ReplyT
from shared.contracts import PapersSelected, Request
from shared.errors import PermanentFailure, RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import EncodeTexts, Replay
from shared.store.models.ledger import Ledger
from shared.store.papers.documents import DocumentStore, Reference
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.tagging.canonical_summaries import CanonicalSummaries
from shared.store.tagging.tags import TagStore
from shared.store.vectors.embeddings import VectorStore

_INDEXED_TOGETHER = 1000


@dataclass
class ReadSoFar:
    """The papers that were read up to a moment, and which of them have a tag."""

    paper_ids: set[str] = field(default_factory=set)
    papers_by_tag: dict[str, list[str]] = field(default_factory=dict)

    def add(self, summary: Summary) -> None:
        self.paper_ids.add(summary.paper_id)
        for tag in summary.tags:
            self.papers_by_tag.setdefault(tag, []).append(summary.paper_id)

    def tag_papers(self) -> TagPapers:
        return TagPapers(self.papers_by_tag, len(self.paper_ids))


class EarlierCandidates(CandidateFinder):
    """Candidates without papers that were read later: those found this one when they were read."""

    def __init__(self, index: NeighbourIndex, data: DataFolder, alias: str, so_far: ReadSoFar) -> None:
        super().__init__(
            index,
            CanonicalSummaries(data, TagStore(data)),
            MetadataStore(data),
            VectorStore(data, alias),
            LinkStore(data),
            RatingStore(data),
            so_far.tag_papers,
        )
        self._so_far = so_far

    async def find(
        self,
        paper: Paper,
        tags: Sequence[str],
        vectors: Mapping[VectorName, Matrix],
        citations: Sequence[Citation],
        limit: int,
    ) -> list[Candidate]:
        found = await super().find(paper, tags, vectors, citations, 2 * limit)
        known = self._so_far.paper_ids
        return [one for one in found if one.summary is None or one.paper_id in known][:limit]


class AsksNobody:
    """In place of the bus, where nothing is to be asked."""

    async def ask(self, request: Request[ReplyT]) -> ReplyT:
        raise RequestFailed("A replay asks no other service.", code="unavailable", retryable=False)


class StoredCitations(CitationFinder):
    """Cited papers as far as they are stored; nothing is asked of arXiv."""

    async def citations(
        self, paper_id: str, references: Sequence[Reference], *, look_up: bool = True
    ) -> list[Citation]:
        return await super().citations(paper_id, references, look_up=False)


class LinksAgain:
    """Finds links again, paper by paper in the order in which they were read."""

    def __init__(
        self, replay: Replay, linker: Linker, papers: IndexedPapers, index: NeighbourIndex, so_far: ReadSoFar
    ) -> None:
        self._event_id = event_id_of(replay)
        self._linker, self._papers, self._index, self._so_far = linker, papers, index, so_far
        self._metadata, self._documents = MetadataStore(replay.data), DocumentStore(replay.data)
        self._tags = TagStore(replay.data)
        self._waiting: list[str] = []

    async def pass_over(self, summary: Summary) -> None:
        """A paper that keeps its links is there for those that come later."""
        self._so_far.add(self._with_tags(summary))
        self._waiting.append(summary.paper_id)
        if len(self._waiting) >= _INDEXED_TOGETHER:
            await self._index_waiting()

    async def find(self, summary: Summary) -> tuple[Link, ...]:
        """The links of a paper. Raises PermanentFailure about it alone, CannotGoOn and TemporaryFailure about all."""
        paper = self._metadata.get([summary.paper_id]).get(summary.paper_id)
        if paper is None:
            raise PermanentFailure("its title and abstract are not stored")
        await self._index_waiting()
        shown = self._with_tags(summary)
        version = summary.made_by.document_version
        record = self._documents.record(paper.paper_id, summary.version if version is None else version)
        state: State = {
            "event": PapersSelected(event_id=self._event_id, paper_ids=(paper.paper_id,)),
            "paper_id": paper.paper_id,
            "paper": paper,
            "tags": shown.tags,
            "fields": summary.fields,
            "references": record.references if record else (),
        }
        links = (await self._linker.link(state))["links"]
        self._so_far.add(shown)
        return links

    async def _index_waiting(self) -> None:
        if self._waiting:
            await self._papers.refresh(self._index, self._waiting)
            self._waiting = []

    def _with_tags(self, summary: Summary) -> Summary:
        return summary.model_copy(update={"tags": self._tags.index().shown(summary.tags, summary.raw_tags)})


@asynccontextmanager
async def opened(
    settings: Settings, replay: Replay, runs: Runs, encode: EncodeTexts, summaries: Sequence[Summary]
) -> AsyncIterator[LinksAgain]:
    """What finds links with these settings. The neighbour index is the replay's own, and gone at the end."""
    options, data, alias = settings.summarizer, replay.data, settings.embedding.model
    dimension = settings.embedding.active.dimension
    metadata, vectors, encoder = MetadataStore(data), VectorStore(data, alias), LocalEncoder(alias, encode)
    papers = IndexedPapers(SummaryStore(data), metadata, vectors, FieldVectors(data, dimension))
    index, so_far = NeighbourIndex(replay.own, alias, dimension), ReadSoFar()
    finder = EarlierCandidates(index, data, alias, so_far)
    async with AsyncExitStack() as stack:
        llm = await stack.enter_async_context(reachable(settings, data))
        models = Gateway(llm, data, Ledger(data), runs)
        stack.push_async_callback(models.close)
        await index.open()
        stack.callback(shutil.rmtree, replay.own.path("qdrant"), ignore_errors=True)
        stack.push_async_callback(index.close)
        await index.clear()
        await papers.encode(encoder, [text for one in summaries for text in field_texts(one).values()])
        citations = StoredCitations(AsksNobody(), metadata, UnknownPapers(data))
        judge = RelationJudge(InsistingModels(models), options.links_per_question)
        linker = Linker(options, index, papers, encoder, citations, finder, judge)
        yield LinksAgain(replay, linker, papers, index, so_far)
