"""Summarised papers can be asked as well: each that has a text is cut and embedded behind the reading lists.

And the other way: what is on no list and has no summary is forgotten, so that nothing is asked that nobody chose.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from services.summarizer.research.library.preparation import PassageIndex, Preparation
from shared.errors import PapersysError, PermanentFailure, reason
from shared.paper_ids import is_local
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.research.reading_list import DATASET, ReadingListStore

log = logging.getLogger(__name__)

_LOOK_SECONDS = 20.0
_ORPHAN_SECONDS = 3600.0


class ChunkedPapers(Protocol):
    """Which papers are cut into chunks (`ChunkStore`)."""

    def papers(self) -> Mapping[str, tuple[int, ...]]:
        """The versions of each."""


class SummarisedPapers:
    """Newest papers first, one at a time, and none while somebody asks or a reading list has work (`is_busy`)."""

    def __init__(
        self,
        data: DataFolder,
        preparation: Preparation,
        passages: PassageIndex,
        chunks: ChunkedPapers,
        is_busy: Callable[[], bool],
        *,
        are_indexed: bool = True,
    ) -> None:
        self._data = data
        self._summaries = SummaryStore(data)
        self._documents = DocumentStore(data)
        self._lists = ReadingListStore(data)
        self._preparation = preparation
        self._passages = passages
        self._chunks = chunks
        self._is_busy = is_busy
        self._are_indexed = are_indexed
        self._done: set[tuple[str, int]] = set()
        self._seen = ""

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self.step()
            except (PapersysError, OSError) as error:
                text = "Summarised papers cannot be indexed now: %s"
                log.warning(text, reason(error), extra={"action": "summarised_later"})

    async def step(self) -> None:
        """Look once, where summaries or lists have changed since all was done. Raises TemporaryFailure."""
        stamp = await asyncio.to_thread(lambda: f"{self._summaries.fingerprint()} {self._lists.fingerprint()}")
        if stamp == self._seen or self._is_busy():
            return
        await self.forget_unlisted()
        if await self.index_new():
            self._seen = stamp

    async def index_new(self) -> bool:
        """Index what is not yet, until somebody asks; whether all is done.

        Raises TemporaryFailure where a part is missing now.
        """
        for paper_id, version in await asyncio.to_thread(self._wanted):
            if self._is_busy():
                return False
            try:
                await self._preparation.index(paper_id, version)
            except PermanentFailure as failure:
                facts = {"action": "summarised_unusable", "paper_id": paper_id}
                log.warning("%s cannot be asked: %s", paper_id, failure, extra=facts)
            self._done.add((paper_id, version))
        return True

    async def forget_unlisted(self) -> None:
        """Drop what nobody chose, and files of people that no list names. Raises TemporaryFailure."""
        for paper_id in await asyncio.to_thread(self._unlisted):
            await self._passages.forget(paper_id)
            text = "%s is on no list any more; its chunks are removed."
            log.info(text, paper_id, extra={"action": "chunks_forgotten", "paper_id": paper_id})
        await asyncio.to_thread(self._drop_files)

    def _wanted(self) -> list[tuple[str, int]]:
        if not self._are_indexed:
            return []
        read = ((summary.paper_id, document_version(summary)) for summary in self._summaries.newest())
        return [paper for paper in read if paper not in self._done and self._documents.stamp(*paper)]

    def _unlisted(self) -> list[str]:
        """The chunks first: a paper that gets its first ones after that was on a list already."""
        chunked = set(self._chunks.papers())
        listed = {paper.paper_id for paper in self._lists.everybody()}
        return sorted(chunked - listed - (set(self._summaries.ids()) if self._are_indexed else set()))

    def _drop_files(self) -> None:
        listed = {paper.paper_id for paper in self._lists.everybody()}
        for path in self._data.path(DATASET, "files").glob("local_*"):
            paper_id = path.name.partition(".")[0].replace("_", ":", 1)
            is_old = time.time() - path.stat().st_mtime > _ORPHAN_SECONDS
            if is_local(paper_id) and paper_id not in listed and is_old:
                self._lists.drop_file(paper_id)


def document_version(summary: Summary) -> int:
    """The version whose text was summarised."""
    return summary.made_by.document_version or summary.version
