"""Papers to stored vectors: what needs one, what it is made of, what became of each."""

import asyncio
import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.embedder.encoding.encoding_queue import EncodingThread, Priority
from services.embedder.papers.text import hash_of, text_of
from shared.contracts import now
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.vectors.backlog import Backlog, Missing
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.writer import Embedded, VectorWriter

log = logging.getLogger(__name__)

EMPTY = "Title and abstract are empty, there is nothing to embed."


@dataclass(frozen=True)
class Draft:
    """A paper that needs a vector, and the text it is made of."""

    paper_id: str
    text: str
    text_hash: str


@dataclass(frozen=True)
class EmbeddingPlan:
    """What to do with papers: `current` have the vector of their present text, `empty` have no text."""

    drafts: tuple[Draft, ...]
    current: tuple[str, ...]
    empty: tuple[str, ...]


@dataclass(frozen=True)
class EmbeddingOutcome:
    """What became of papers: `stored` have a vector now, `written` of them a new one, `failed` have none and why."""

    stored: tuple[str, ...] = ()
    written: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def plan_embedding(papers: Iterable[Paper], hashes: dict[str, str], *, force: bool = False) -> EmbeddingPlan:
    """Decide by the hash of each text; with `force` all are embedded again."""
    drafts: list[Draft] = []
    current: list[str] = []
    empty: list[str] = []
    for paper in papers:
        text = text_of(paper)
        draft = Draft(paper.paper_id, text, hash_of(text))
        if not text:
            empty.append(paper.paper_id)
        elif not force and hashes.get(paper.paper_id) == draft.text_hash:
            current.append(paper.paper_id)
        else:
            drafts.append(draft)
    return EmbeddingPlan(tuple(drafts), tuple(current), tuple(empty))


def combined(outcomes: Sequence[EmbeddingOutcome]) -> EmbeddingOutcome:
    """What became of papers with several models together: stored is what all have, failed what one could not do."""
    stored = [
        paper_id for paper_id in outcomes[0].stored if all(paper_id in set(other.stored) for other in outcomes[1:])
    ]
    failed = {paper_id: why for outcome in outcomes for paper_id, why in outcome.failed.items()}
    return EmbeddingOutcome(tuple(stored), max(outcome.written for outcome in outcomes), failed)


class PaperEmbedder:
    """Embeds papers of the metadata with one model."""

    def __init__(
        self,
        metadata: MetadataStore,
        store: VectorStore,
        writer: VectorWriter,
        backlog: Backlog,
        encoding: EncodingThread,
    ) -> None:
        self._metadata = metadata
        self._metadata_lock = threading.Lock()
        self._store = store
        self._writer = writer
        self._backlog = backlog
        self._encoding = encoding

    @property
    def alias(self) -> str:
        return self._store.alias

    async def metadata_of(self, paper_ids: Sequence[str]) -> list[Paper]:
        """Those of these papers whose metadata is stored, in this order."""
        papers = await asyncio.to_thread(self._metadata_of, paper_ids)
        return [papers[paper_id] for paper_id in dict.fromkeys(paper_ids) if paper_id in papers]

    async def embed(
        self,
        papers: Sequence[Paper],
        *,
        force: bool = False,
        priority: Priority = Priority.PAPERS,
        origin: str = "event",
    ) -> EmbeddingOutcome:
        """Give each paper the vector of its present text. Raises TemporaryFailure where trying again may help."""
        todo = await asyncio.to_thread(self._plan, papers, force)
        encoded = await self._encoding.encode([draft.text for draft in todo.drafts], "passage", priority)
        failed = dict.fromkeys(todo.empty, EMPTY)
        failed |= {todo.drafts[row].paper_id: why for row, why in encoded.failures.items()}
        good = [row for row in range(len(todo.drafts)) if row not in encoded.failures]
        embedded = Embedded(
            paper_ids=[todo.drafts[row].paper_id for row in good],
            matrix=encoded.matrix[good],
            text_hashes=[todo.drafts[row].text_hash for row in good],
            source=self._encoding.source,
            generated_at=now(),
        )
        written = await asyncio.to_thread(self._keep, embedded, failed, origin)
        stored = {*todo.current, *embedded.paper_ids}
        return EmbeddingOutcome(tuple(paper.paper_id for paper in papers if paper.paper_id in stored), written, failed)

    async def compact(self) -> None:
        """Compact the files where there are many small ones. Raises TemporaryFailure."""
        await asyncio.to_thread(self._writer.compact)

    def _metadata_of(self, paper_ids: Sequence[str]) -> dict[str, Paper]:
        with self._metadata_lock:
            return self._metadata.get(paper_ids)

    def _plan(self, papers: Sequence[Paper], force: bool) -> EmbeddingPlan:
        return plan_embedding(papers, self._store.hashes(paper.paper_id for paper in papers), force=force)

    def _keep(self, embedded: Embedded, failed: dict[str, str], origin: str) -> int:
        written = self._writer.put(embedded) if embedded.paper_ids else 0
        self._backlog.remove(self.alias, embedded.paper_ids)
        self._note_failures(failed, origin)
        return written

    def _note_failures(self, failed: dict[str, str], origin: str) -> None:
        if not failed:
            return
        before = {row.paper_id: row.attempts for row in self._backlog.all(self.alias)}
        self._backlog.put(
            Missing(paper_id, "failed", now(), self.alias, origin, before.get(paper_id, 0) + 1, why)
            for paper_id, why in failed.items()
        )
