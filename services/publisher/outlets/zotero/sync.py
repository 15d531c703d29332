"""One comparison of both sides: what a library says becomes ratings, then picks and saved papers are written."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime

from services.publisher.outlets.exports.entries import entries_of
from services.publisher.outlets.zotero.connection import Zotero
from services.publisher.outlets.zotero.reading.library import read_library
from services.publisher.outlets.zotero.reading.ratings import News, news
from services.publisher.outlets.zotero.state import LOCK, StateFile, ZoteroState
from services.publisher.outlets.zotero.writing.content import Content, content_of
from services.publisher.outlets.zotero.writing.progress import Progress, Written
from services.publisher.outlets.zotero.writing.wanted import first_day, wanted_papers
from services.publisher.outlets.zotero.writing.writing import changed_papers, new_papers, settle, write_papers
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.contracts import FeedbackLabel, now
from shared.errors import PapersysError
from shared.settings.sections.zotero import ZoteroSettings
from shared.store.files.data_folder import DataFolder
from shared.store.people.notes import NoteStore
from shared.store.people.preferences import Rating, RatingStore

Publish = Callable[[FeedbackLabel], Awaitable[None]]
_LOCK_SECONDS = 5.0


@dataclass(frozen=True)
class Mine:
    """One person's papers and what they said of them; `arxiv` is where originals are."""

    records: Records
    ratings: Ratings
    notes: NoteStore
    said: RatingStore
    arxiv: str


@dataclass
class SyncReport:
    """Ratings that were passed on, by paper, and what was written."""

    rated: dict[str, str] = field(default_factory=dict)
    written: Written = field(default_factory=Written)
    papers: int = 0
    requests: int = 0


@dataclass(frozen=True)
class Preview:
    """What a comparison would do."""

    papers: int
    ratings: list[News]
    creations: list[Content]
    changes: dict[str, list[str]]
    present: list[str]


class ZoteroSync:
    """Of one library."""

    def __init__(
        self,
        name: str,
        settings: ZoteroSettings,
        data: DataFolder,
        mine: Mine,
        publish: Publish,
        open_zotero: Callable[[], AbstractAsyncContextManager[Zotero]] | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._settings, self._data, self._mine, self._publish = settings, data, mine, publish
        self._open_zotero = open_zotero or (lambda: Zotero(name, settings))
        self._clock = clock
        self.file = StateFile(data, name, settings.library)

    async def run(self) -> SyncReport:
        """Raises what `Zotero`, the bus and the data folder raise; what was done by then is kept."""
        report = SyncReport()
        with self._data.lock(LOCK, _LOCK_SECONDS):
            async with self._open_zotero() as zotero:
                state = await self._read(zotero, report)
                if self._settings.write:
                    progress = Progress(await asyncio.to_thread(self._begun, state), self.file.write)
                    report.written = progress.done
                    contents = await asyncio.to_thread(self._contents, progress.state)
                    await write_papers(zotero, self._settings.collection, progress, contents)
                report.requests = zotero.requests
        return report

    def note_failure(self, problem: str) -> None:
        """Keep why rounds break off, and since when; where that cannot be kept now, the log has it."""
        with contextlib.suppress(PapersysError, OSError), self._data.lock(LOCK, _LOCK_SECONDS):
            state = self.file.read()
            if state.problem != problem:
                self.file.write(state.model_copy(update={"problem": problem, "failed_at": self._clock()}))

    async def preview(self) -> Preview:
        """What `run` would do; nothing is changed here or there."""
        known = self.file.read()
        async with self._open_zotero() as zotero:
            state = await read_library(zotero, known, self._clock())
        changes = await asyncio.to_thread(self._news, known, state)
        if not self._settings.write:
            return Preview(len(state.items), changes, [], {}, [])
        progress = Progress(await asyncio.to_thread(self._begun, state), lambda _: None)
        contents = await asyncio.to_thread(self._contents, progress.state)
        settle(progress, contents)
        fresh, changed = new_papers(progress.state, contents), changed_papers(progress.state, contents)
        return Preview(len(state.items), changes, fresh, changed, progress.done.present)

    async def _read(self, zotero: Zotero, report: SyncReport) -> ZoteroState:
        """Published first and noted then: killed in between, the same event is published again and is no news."""
        known = self.file.read()
        state = await read_library(zotero, known, self._clock())
        said = dict(known.said)
        try:
            for change in await asyncio.to_thread(self._news, known, state):
                if change.event is not None:
                    await self._publish(change.event)
                    report.rated[change.paper_id] = change.event.label
                said[change.paper_id] = change.said
        except BaseException:
            self.file.write(known.model_copy(update={"said": said}))
            raise
        state = state.model_copy(update={"said": said, "problem": "", "failed_at": None})
        self.file.write(state)
        report.papers = len(state.items)
        return state

    def _news(self, known: ZoteroState, state: ZoteroState) -> list[News]:
        newest: dict[str, Rating] = {rating.paper_id: rating for rating in self._mine.said.all(self._settings.user)}
        return news(state, self._settings, newest, set(known.items), known.read_at, self._clock())

    def _begun(self, state: ZoteroState) -> ZoteroState:
        """With the day that writing begins with."""
        return state if state.since else state.model_copy(update={"since": first_day(self._mine.records)})

    def _contents(self, state: ZoteroState) -> list[Content]:
        mine = self._mine
        ids = wanted_papers(mine.records, mine.ratings.library, self._settings, state)
        entries = entries_of(mine.records, mine.ratings, mine.notes, mine.arxiv, ids)
        return [content_of(entry, with_own_notes=not self._settings.is_group) for entry in entries]
