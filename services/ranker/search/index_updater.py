"""Keeps the keyword index in step with the metadata: by months whose file changed, and in them by rows that did.

Each batch is committed whole, so an update that is killed goes on where it was. A damaged index is rebuilt.
"""

import asyncio
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from services.ranker.search.keywords import Damaged, Entry, KeywordIndex
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore

log = logging.getLogger(__name__)

LOCK = "search-index"
CHECK_SECONDS = 2.0
_BATCH = 500
_LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class State:
    """How far the index is. `months_left` are those whose file changed since they were indexed."""

    papers: int
    months_left: int = 0
    elsewhere: bool = False

    @property
    def note(self) -> str:
        """What a person should know; nothing where all is indexed."""
        if not self.months_left:
            return ""
        by_whom = "by another process " if self.elsewhere else ""
        return f"The search index is being built {by_whom}({self.papers} papers so far); more may be found soon."


class IndexUpdater:
    """`refresh` before a search, `keep` in the background."""

    def __init__(self, data: DataFolder, metadata: MetadataStore, index: KeywordIndex) -> None:
        self._data, self._metadata, self._index = data, metadata, index
        self._turn = threading.Lock()
        self._known: tuple[str, State] | None = None

    def refresh(
        self,
        seconds: float | None = None,
        wait_seconds: float = 0.0,
        progress: Callable[[int], None] = lambda papers: None,
    ) -> State:
        """Index what changed, for so many seconds at most (None: all of it).

        Where another thread or process is updating it already, wait at most `wait_seconds`. `progress` is told of each
        batch. Raises PapersysError.
        """
        fingerprint = self._metadata.fingerprint()
        if self._known is not None and self._known[0] == fingerprint and self._index.path.exists():
            return self._known[1]
        if not self._turn.acquire(timeout=wait_seconds if wait_seconds > 0 else 0.001):
            return self._state_elsewhere()
        try:
            with self._data.lock(LOCK, wait_seconds):
                state = self._mended(seconds, progress)
        except TemporaryFailure:
            return self._state_elsewhere()
        finally:
            self._turn.release()
        self._known = None if state.months_left else (fingerprint, state)
        return state

    def mend(self) -> None:
        """Rebuild a damaged index: delete it here; the next `refresh` indexes as far as it gets."""
        with self._turn, self._data.lock(LOCK):
            self._start_over("it is damaged")

    async def keep(self) -> None:
        """Follow the metadata until cancelled, whatever fails; less often after failures, each logged once."""
        logged, wait = "", CHECK_SECONDS
        while True:
            try:
                await asyncio.to_thread(self.refresh)
            except Exception as error:
                logged, wait = _log_behind(error, logged), min(2 * wait, _LONGEST_WAIT_SECONDS)
            else:
                logged, wait = "", CHECK_SECONDS
            await asyncio.sleep(wait)

    def _state_elsewhere(self) -> State:
        try:
            return State(self._index.count(), len(self._stale()), elsewhere=True)
        except (Damaged, TemporaryFailure):
            return State(0, len(self._metadata.stamps()), elsewhere=True)

    def _mended(self, seconds: float | None, progress: Callable[[int], None]) -> State:
        try:
            if self._index.is_worn():
                self._start_over("too much of it is out of date")
            return self._update(seconds, progress)
        except Damaged as error:
            self._start_over(str(error))
            return self._update(seconds, progress)

    def _start_over(self, why: str) -> None:
        log.warning("The search index is rebuilt: %s.", why, extra={"action": "index_made_anew"})
        self._index.remove()
        self._known = None

    def _update(self, seconds: float | None, progress: Callable[[int], None]) -> State:
        deadline = None if seconds is None else time.monotonic() + seconds
        stamps = self._metadata.stamps()
        for month in (self._index.months() | set(self._index.stamps())) - set(stamps):
            self._index.forget_month(month)
        stale = self._stale(stamps)
        for done, month in enumerate(stale):
            for entries, gone in self._changes(month):
                if deadline is not None and time.monotonic() > deadline:
                    return State(self._index.count(), len(stale) - done)
                self._index.put(entries, gone)
                progress(len(entries))
            self._index.finish_month(month, stamps[month])
        return State(self._index.count())

    def _stale(self, stamps: Mapping[str, str] | None = None) -> list[str]:
        """The months that are not indexed as they are now, newest first."""
        now = self._metadata.stamps() if stamps is None else stamps
        indexed = self._index.stamps()
        return sorted((month for month, stamp in now.items() if indexed.get(month) != stamp), reverse=True)

    def _changes(self, month: str) -> Iterator[tuple[list[Entry], list[str]]]:
        """Batches of papers of a month that are new or changed, and with the first those that are gone."""
        marks = self._index.marks(month)
        rows = {paper_id: mark_of(row) for paper_id, row in self._metadata.rows(month).items()}
        gone = sorted(marks.keys() - rows.keys())
        changed = [paper_id for paper_id, mark in rows.items() if marks.get(paper_id) != mark]
        for start in range(0, max(len(changed), 1 if gone else 0), _BATCH):
            papers = self._metadata.get(changed[start : start + _BATCH])
            yield [Entry(paper, month, rows[paper_id]) for paper_id, paper in papers.items()], gone
            gone = []


def _log_behind(error: Exception, logged: str) -> str:
    """Log why the index is behind, unless that was logged last; unforeseen failures with their traceback."""
    text = f"{type(error).__name__}: {error}"
    if text != logged:
        unforeseen = None if isinstance(error, PapersysError) else error
        log.warning("The search index is behind: %s", text, extra={"action": "index_behind"}, exc_info=unforeseen)
    return text


def mark_of(row: bytes) -> int:
    """A number of 63 bits for a row, as SQLite can hold it."""
    return int.from_bytes(hashlib.blake2b(row, digest_size=8).digest(), "big") >> 1
