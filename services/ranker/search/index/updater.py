"""Keeps the keyword index in step with the metadata: by months whose file changed, and in them by rows that did.

What is committed is whole, so an update that is killed goes on where it last committed. A damaged index is rebuilt.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.ranker.search.index.index_writer import IndexWriter
from services.ranker.search.index.keyword_index import KeywordIndex
from services.ranker.search.index.paper_documents import Entry, by_recipe, mark_of, numbers_of
from shared.errors import PapersysError, TemporaryFailure
from shared.search.index_failures import Damaged
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore

log = logging.getLogger(__name__)

LOCK = "search-index"
CHECK_SECONDS = 2.0
_BATCH = 500
_COMMITTED_AT_ONCE = 5_000
_BYTES_OF_PAPER = 2_000
_OLD_INDEX = ("words.sqlite", "words.sqlite-journal", "words.sqlite-wal", "words.sqlite-shm")
"""The index of words that was here before; it is derived, so it is deleted when this one is whole."""
_LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class State:
    """How far the index is. `months_left` are those whose file changed since they were indexed.

    `problem` is why it cannot be updated now.
    """

    papers: int
    months_left: int = 0
    elsewhere: bool = False
    problem: str = ""

    @property
    def note(self) -> str:
        """What a person should know; nothing where all is indexed."""
        if self.problem:
            return f"The search index cannot be updated ({self.papers} papers are in it). {self.problem}"
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

    def refresh(self, seconds: float | None = None, progress: Callable[[int], None] = lambda papers: None) -> State:
        """Index what changed, for so many seconds at most (None: all of it); nothing where another is at it already.

        `progress` is told of each batch. What is lacking, such as space on the disk, the state says. Raises
        PapersysError.
        """
        try:
            return self._refreshed(seconds, progress)
        except TemporaryFailure as error:
            return replace(self._state_elsewhere(), elsewhere=False, problem=str(error))

    def _refreshed(self, seconds: float | None = None, progress: Callable[[int], None] = lambda papers: None) -> State:
        """As `refresh`, but raises TemporaryFailure."""
        fingerprint = self._metadata.fingerprint()
        if self._known is not None and self._known[0] == fingerprint and self._index.exists:
            return self._known[1]
        with contextlib.ExitStack() as held:
            if not self._turn.acquire(blocking=False):
                return self._state_elsewhere()
            held.callback(self._turn.release)
            try:
                held.enter_context(self._data.lock(LOCK, 0))
            except TemporaryFailure:
                return self._state_elsewhere()
            state = self._mended(seconds, progress)
            self._known = None if state.months_left else (fingerprint, state)
            return state

    def check(self) -> None:
        """Read all files of the index; rebuild it where one is not as it was written."""
        if broken := self._index.broken_file():
            log.warning("%s", broken, extra={"action": "index_damaged"})
            self.mend()

    def mend(self) -> None:
        """Rebuild a damaged index: delete it here; the next `refresh` indexes as far as it gets."""
        with self._turn, self._data.lock(LOCK):
            self._start_over("it is damaged")

    def months_behind(self) -> list[str]:
        """The months that the index does not have as their files are now; changes nothing. Raises PapersysError."""
        return self._stale()

    def damage(self) -> str:
        """What is wrong with the files of the index, all of which are read; empty where nothing is. Changes nothing."""
        return self._index.broken_file() or ""

    async def keep(self) -> None:
        """Follow the metadata until cancelled, whatever fails; less often after failures, each logged once.

        Before that all files of the index are read once and compared with their checksums.
        """
        logged, wait, work = "", CHECK_SECONDS, self._checked
        while True:
            try:
                await asyncio.to_thread(work)
            except Exception as error:
                logged, wait = _log_behind(error, logged), min(2 * wait, _LONGEST_WAIT_SECONDS)
            else:
                logged, wait, work = "", CHECK_SECONDS, self._refreshed
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

    def _checked(self) -> State:
        self.check()
        return self._refreshed()

    def _update(self, seconds: float | None, progress: Callable[[int], None]) -> State:
        stamps = self._metadata.stamps()
        gone, stale = (self._index.months() | set(self._index.stamps())) - set(stamps), self._stale(stamps)
        if gone or stale or not self._index.exists:
            self._data.check_space()
            with self._index.writing() as writer:
                for month in gone:
                    writer.forget_month(month)
                left = self._write_months(writer, stale, stamps, seconds, progress)
                writer.commit()
            if left:
                return State(self._index.count(), left)
        self._remove_old_index()
        return State(self._index.count())

    def _write_months(
        self,
        writer: IndexWriter,
        stale: Sequence[str],
        stamps: Mapping[str, str],
        seconds: float | None,
        progress: Callable[[int], None],
    ) -> int:
        """Index months as far as time allows, with a commit from time to time; how many months are left."""
        deadline, uncommitted = None if seconds is None else time.monotonic() + seconds, 0
        for done, month in enumerate(stale):
            for entries, gone in self._changes(month):
                if deadline is not None and time.monotonic() > deadline:
                    return len(stale) - done
                writer.forget(gone)
                writer.put(entries)
                progress(len(entries))
                uncommitted += len(entries)
                if uncommitted >= _COMMITTED_AT_ONCE:
                    self._data.check_space(uncommitted * _BYTES_OF_PAPER)
                    writer.commit()
                    uncommitted = 0
            writer.finish_month(month, stamps[month])
        return 0

    def _stale(self, stamps: Mapping[str, str] | None = None) -> list[str]:
        """The months that are not indexed as they are now, newest first."""
        now = self._metadata.stamps() if stamps is None else stamps
        indexed = self._index.stamps()
        return sorted((month for month, stamp in now.items() if indexed.get(month) != by_recipe(stamp)), reverse=True)

    def _changes(self, month: str) -> Iterator[tuple[list[Entry], list[int]]]:
        """Batches of papers of a month that are new or changed, and the numbers of those that are so no more."""
        marks, rows = self._index.marks(month), self._metadata.rows(month)
        numbers = dict(zip(rows, numbers_of(list(rows)).tolist(), strict=True))
        new_marks = {paper_id: mark_of(row) for paper_id, row in rows.items()}
        if gone := sorted(marks.keys() - set(numbers.values())):
            yield [], gone
        changed = [paper_id for paper_id, mark in new_marks.items() if marks.get(numbers[paper_id]) != mark]
        for start in range(0, len(changed), _BATCH):
            papers = self._metadata.get(changed[start : start + _BATCH])
            old = [numbers[paper_id] for paper_id in papers if numbers[paper_id] in marks]
            yield [Entry(paper, month, new_marks[paper_id]) for paper_id, paper in papers.items()], old

    def _remove_old_index(self) -> None:
        for name in _OLD_INDEX:
            self._index.folder.with_name(name).unlink(missing_ok=True)


def _log_behind(error: Exception, logged: str) -> str:
    """Log why the index is behind, unless that was logged last; unforeseen failures with their traceback."""
    text = f"{type(error).__name__}: {error}"
    if text != logged:
        unforeseen = None if isinstance(error, PapersysError) else error
        log.warning("The search index is behind: %s", text, extra={"action": "index_behind"}, exc_info=unforeseen)
    return text
