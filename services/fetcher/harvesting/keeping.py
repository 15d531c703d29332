"""What becomes of the pages of a harvest: they are stored, or only counted."""

import asyncio
from typing import Protocol

from services.fetcher.harvesting.cursor import Cursor, FailedList, PageNote
from services.fetcher.harvesting.cursor_store import CursorStore
from services.fetcher.metadata.revisions import Catalogue
from shared.store.papers.metadata import Paper
from shared.store.papers.rows import cut_rows, encode_rows, utf8_of


class Keeper(Protocol):
    """Takes pages, and moves the cursor on."""

    async def keep(self, cursor: Cursor, note: PageNote, papers: tuple[Paper, ...]) -> None: ...

    async def fail(self, cursor: Cursor, failed: FailedList) -> None: ...


class StoringKeeper:
    """Keeps a page beside the cursor, and all kept pages in the store when there are enough of them."""

    def __init__(self, cursors: CursorStore, catalogue: Catalogue, flush_papers: int) -> None:
        self._cursors = cursors
        self._catalogue = catalogue
        self._flush_papers = flush_papers

    async def keep(self, cursor: Cursor, note: PageNote, papers: tuple[Paper, ...]) -> None:
        await asyncio.to_thread(self._note, cursor, note, papers)
        cursor.count_page(note)
        cursor.advance(note)
        if len(cursor.pending) >= self._flush_papers:
            await self.flush(cursor)

    async def fail(self, cursor: Cursor, failed: FailedList) -> None:
        await asyncio.to_thread(self._cursors.failed, cursor, failed)

    async def flush(self, cursor: Cursor) -> None:
        """Bring all kept pages into the store."""
        if cursor.pending:
            await self._catalogue.put_rows(cursor.pending)
            await asyncio.to_thread(self._cursors.flushed, cursor)

    def _note(self, cursor: Cursor, note: PageNote, papers: tuple[Paper, ...]) -> None:
        rows = utf8_of(encode_rows(papers, cursor.started_at))
        self._cursors.note(cursor, note, dict(cut_rows(rows)))


class CountingKeeper:
    """Stores nothing."""

    async def keep(self, cursor: Cursor, note: PageNote, papers: tuple[Paper, ...]) -> None:
        cursor.count_page(note)
        cursor.advance(note)

    async def fail(self, cursor: Cursor, failed: FailedList) -> None:
        cursor.fail(failed)
