"""What the summarizer listens to."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from services.summarizer.agent.batched_readings import BatchedReadings
from services.summarizer.agent.graph import Agent
from services.summarizer.agent.records import is_done
from services.summarizer.links.indexed_papers import IndexedPapers
from services.summarizer.links.neighbour_index import NeighbourIndex
from services.summarizer.links.related_papers import RelatedPapers
from services.summarizer.revisions.passage_anchors import anchored_passages
from services.summarizer.roles.skimming import role_spans
from services.summarizer.tag_requests import TagRequests
from shared.bus.bus import Bus
from shared.contracts import (
    AnchorPassages,
    AnchorPassagesReply,
    CorrectTags,
    CorrectTagsReply,
    EmbeddingsReady,
    PapersSelected,
    Related,
    RelatedReply,
    SentenceRoles,
    SentenceRolesReply,
    SummariesReady,
)
from shared.errors import PapersFailed
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.tracing.spans import span


def register_reading(
    bus: Bus,
    agent: Agent,
    summaries: SummaryStore,
    metadata: MetadataStore,
    most_papers: int = 4,
    batched: BatchedReadings | None = None,
    may_read_more: Callable[[Sequence[str], str], bool] = lambda notes, user: False,
) -> None:
    """Picks become summaries; `most_papers` of them at once over all events, and no paper twice at the same time.

    Those that may wait are `batched` first. A paper that several people's picks name is read once, and once more where
    the cap of the first one cut it short and the next one `may_read_more`.
    """
    places, under_way = asyncio.Semaphore(most_papers), OneAtATime()

    async def on_papers_selected(event: PapersSelected) -> None:
        if event.batch and batched is not None:
            await batched.submit(event, bus.publish)
            return
        await for_each_paper(event.paper_ids, lambda paper_id: read(event, paper_id))

    async def read(event: PapersSelected, paper_id: str) -> None:
        async with places, under_way.alone(paper_id):
            stored, papers_by_id = await asyncio.to_thread(lambda: (summaries.get(paper_id), metadata.get([paper_id])))
            is_cut_short = stored is not None and may_read_more(stored.notes, event.user)
            if is_done(stored, papers_by_id.get(paper_id), event) and not is_cut_short:
                await agent.forget(event, paper_id)
            else:
                with span("read paper", paper_id=paper_id, run_id=event.run_id):
                    await agent.read(event, paper_id)
        await bus.publish(SummariesReady.after(event, paper_ids=(paper_id,)))

    bus.on(PapersSelected, on_papers_selected)


def papers_at_once(calls_at_once: int) -> int:
    """So many that the models never wait for a paper that is being checked, tagged or stored."""
    return max(4, 2 * calls_at_once)


def register_index(bus: Bus, papers: IndexedPapers, index: NeighbourIndex, alias: str) -> None:
    """New vectors of papers that were read go into the neighbour index; `alias` is the model that it holds."""

    async def on_embeddings_ready(event: EmbeddingsReady) -> None:
        if event.model == alias and event.paper_ids:
            await papers.refresh(index, event.paper_ids)

    bus.on(EmbeddingsReady, on_embeddings_ready)


def register_related(bus: Bus, related_papers: RelatedPapers) -> None:
    """Requests for the links of papers that were read."""

    async def on_related(request: Related) -> RelatedReply:
        return await asyncio.to_thread(related_papers.answer, request)

    bus.answer(Related, on_related)


def register_roles(bus: Bus, documents: DocumentStore) -> None:
    """Requests for the roles of a text's sentences, to skim it."""

    async def on_sentence_roles(request: SentenceRoles) -> SentenceRolesReply:
        try:
            spans = await asyncio.to_thread(lambda: role_spans(documents.markdown(request.paper_id, request.version)))
        except (OSError, ValueError):
            return SentenceRolesReply(problem=f"The text of {request.paper_id} v{request.version} is not stored.")
        return SentenceRolesReply(spans=tuple(spans))

    bus.answer(SentenceRoles, on_sentence_roles)


def register_anchors(bus: Bus, documents: DocumentStore) -> None:
    """Requests for what became of passages in a newer text."""

    async def on_anchor_passages(request: AnchorPassages) -> AnchorPassagesReply:
        try:
            found = await asyncio.to_thread(anchored_passages, documents, request)
        except (OSError, ValueError):
            return AnchorPassagesReply(problem=f"The text of {request.paper_id} v{request.version} is not stored.")
        return AnchorPassagesReply(passages=tuple(found))

    bus.answer(AnchorPassages, on_anchor_passages)


def register_tags(bus: Bus, tags: TagRequests) -> None:
    """Decisions about tags, one after the other."""
    turn = asyncio.Lock()

    async def on_correct_tags(request: CorrectTags) -> CorrectTagsReply:
        async with turn:
            return await asyncio.to_thread(tags.answer, request)

    bus.answer(CorrectTags, on_correct_tags)


async def for_each_paper(paper_ids: Sequence[str], work: Callable[[str], Awaitable[None]]) -> None:
    """Do the work for all papers at once, whatever becomes of the others.

    Raises PapersFailed, or an only paper's error. When this is cancelled, so is the work.
    """
    outcomes = await asyncio.gather(*(work(paper_id) for paper_id in paper_ids), return_exceptions=True)
    failures: dict[str, Exception] = {}
    for paper_id, outcome in zip(paper_ids, outcomes, strict=True):
        if isinstance(outcome, Exception):
            failures[paper_id] = outcome
        elif isinstance(outcome, BaseException):
            raise outcome
    if failures and len(paper_ids) == 1:
        raise failures[paper_ids[0]]
    if failures:
        raise PapersFailed(failures)


class OneAtATime:
    """Work on one thing waits for earlier work on the same thing."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._wanted = Counter[str]()

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        self._wanted[name] += 1
        try:
            async with self._locks.setdefault(name, asyncio.Lock()):
                yield
        finally:
            self._wanted[name] -= 1
            if not self._wanted[name]:
                del self._wanted[name], self._locks[name]
