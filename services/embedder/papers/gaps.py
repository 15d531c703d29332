"""Papers of the metadata without the vector of their present text: found month by month, newest first, and embedded."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.embedder.encoding.encoding_queue import Priority
from services.embedder.papers.embedding import PaperEmbedder
from services.embedder.papers.text import hash_of, text_of
from shared.contracts import now
from shared.errors import TemporaryFailure, reason
from shared.paper_ids import year_of
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.vectors.backlog import Backlog, Missing, MissingReason
from shared.store.vectors.embeddings import VectorStore

log = logging.getLogger(__name__)

CHUNK = 1_024
"""Papers between two writes: what a killed run does again at most."""
_SNAPSHOT_SECONDS = 3_600.0
_AFTER_A_FAILURE_SECONDS = 60.0

Progress = Callable[[int, int], None]
"""Called with papers done and papers to do."""


@dataclass(frozen=True)
class Gap:
    """What is missing of one month."""

    month: str
    papers: list[Paper]
    rows: list[Missing]


@dataclass(frozen=True)
class EmbeddedCounts:
    """How many papers were embedded, and how many failed."""

    embedded: int = 0
    failed: int = 0

    def plus(self, embedded: int, failed: int) -> "EmbeddedCounts":
        return EmbeddedCounts(self.embedded + embedded, self.failed + failed)


def missing_reason(paper: Paper, stored_hash: str | None, *, year_has_file: bool) -> MissingReason | None:
    """Why a paper is to be embedded; None where it has the vector of its present text."""
    if stored_hash is None:
        return "not_embedded" if year_has_file else "no_year_file"
    return None if stored_hash == hash_of(text_of(paper)) else "text_changed"


class GapFinder:
    """Compares metadata with vectors. A month found complete is not read again until its file changes.

    `only_queued` leaves out papers that the backlog does not name yet.
    """

    def __init__(
        self,
        data: DataFolder,
        store: VectorStore,
        backlog: Backlog,
        failed_attempts: int | None,
        *,
        only_queued: bool = False,
    ) -> None:
        self._metadata = MetadataStore(data)
        self._store = store
        self._backlog = backlog
        self._failed_attempts = failed_attempts
        self._only_queued = only_queued
        self._complete: dict[str, str] = {}
        self._count = 0

    def gaps(self, year: int | None = None) -> Iterator[Gap]:
        """The months in which papers are missing, newest first; papers that failed too often are passed over."""
        count = self._store.count()
        if count < self._count:
            self._complete.clear()
        self._count = count
        for month, stamp in reversed(self._metadata.stamps().items()):
            if year is not None and not month.startswith(f"{year}-"):
                continue
            if self._complete.get(month) == stamp:
                continue
            gap = self._gap(month)
            if gap.papers:
                yield gap
            else:
                self._complete[month] = stamp

    def note(self, gap: Gap) -> None:
        """Queue what is not queued yet."""
        queued = {row.paper_id for row in self._backlog.all(self._store.alias)}
        self._backlog.put(row for row in gap.rows if row.paper_id not in queued)

    def _gap(self, month: str) -> Gap:
        papers = self._metadata.month(month)
        hashes = self._store.hashes(paper.paper_id for paper in papers)
        years = set(self._store.years())
        queued = self._backlog.all(self._store.alias)
        given_up = self._given_up(queued)
        names = {row.paper_id for row in queued} if self._only_queued else {paper.paper_id for paper in papers}
        wanted: list[Paper] = []
        rows: list[Missing] = []
        for paper in reversed(papers):
            has_file = year_of(paper.paper_id) in years
            why = missing_reason(paper, hashes.get(paper.paper_id), year_has_file=has_file)
            if why is not None and paper.paper_id in names and paper.paper_id not in given_up:
                wanted.append(paper)
                rows.append(Missing(paper.paper_id, why, now(), self._store.alias, "scan"))
        return Gap(month, wanted, rows)

    def _given_up(self, queued: list[Missing]) -> set[str]:
        most = self._failed_attempts
        if most is None:
            return set()
        return {row.paper_id for row in queued if row.missing_reason == "failed" and row.attempts >= most}


async def embed_missing(
    finder: GapFinder,
    embedder: PaperEmbedder,
    *,
    year: int | None = None,
    limit: int | None = None,
    priority: Priority = Priority.BACKLOG,
    chunk_size: int = CHUNK,
    done: Callable[[EmbeddedCounts], None] = lambda counts: None,
) -> EmbeddedCounts:
    """Embed what is missing, at most `limit` papers, behind all other work. Raises TemporaryFailure."""
    counts = EmbeddedCounts()
    gaps = finder.gaps(year)
    while (gap := await asyncio.to_thread(next, gaps, None)) is not None:
        await asyncio.to_thread(finder.note, gap)
        for start in range(0, len(gap.papers), chunk_size):
            size = chunk_size if limit is None else min(chunk_size, limit - counts.embedded - counts.failed)
            if size <= 0:
                return counts
            chunk = gap.papers[start : start + size]
            outcome = await embedder.embed(chunk, priority=priority, origin="scan")
            counts = counts.plus(outcome.written, len(outcome.failed))
            done(counts)
            await embedder.compact()
    return counts


async def keep_embedding_missing(
    finder: GapFinder, embedder: PaperEmbedder, every_seconds: float, maintain_snapshot: Callable[[], object]
) -> None:
    """Embed what is missing now and every so often (0 seconds: never), then `maintain_snapshot`, until cancelled."""
    while True:
        pause = every_seconds or _SNAPSHOT_SECONDS
        try:
            counts = await embed_missing(finder, embedder) if every_seconds else EmbeddedCounts()
            if counts.embedded or counts.failed:
                facts = {"action": "backlog_done", "embedded": counts.embedded, "failed": counts.failed}
                log.info("Papers without a vector were embedded.", extra=facts)
            await embedder.compact()
            await asyncio.to_thread(maintain_snapshot)
        except TemporaryFailure as error:
            pause = min(pause, _AFTER_A_FAILURE_SECONDS)
            log.warning("The backlog waits: %s", reason(error), extra={"action": "backlog_waits"})
        await asyncio.sleep(pause)
