"""Reads the ratings of rows that changed lately, and once a day of all."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from services.feedback.notion.changed_ratings import read_row
from shared.bus.bus import Bus
from shared.contracts import now
from shared.errors import PapersysError, TemporaryFailure, reason
from shared.notion.connection import READING_SHARE, Notion
from shared.notion.properties import Row
from shared.notion.queries import all_rows, find_data_source, read_schema
from shared.notion.row_files import NotionFiles, PollCursor
from shared.settings.sections.notion import NotionSettings
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import Rating, RatingStore

log = logging.getLogger(__name__)

_OVERLAP = timedelta(minutes=2)
"""Notion's times are minutes, rounded down, and its clock is not ours."""
_WHOLE_SWEEP = timedelta(days=1)
_RETRY_SECONDS = 300.0


class NotionPoll:
    """Publishes a rating for each change by the database's owner. `problem` says why none is read now."""

    def __init__(
        self,
        settings: NotionSettings,
        data: DataFolder,
        ratings: RatingStore,
        bus: Bus,
        open_notion: Callable[[], AbstractAsyncContextManager[Notion]] | None = None,
        clock: Callable[[], datetime] = now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings, self._data, self._ratings, self._bus = settings, data, ratings, bus
        self._open_notion = open_notion or (lambda: Notion(settings, READING_SHARE))
        self._clock, self._sleep = clock, sleep
        self._files: NotionFiles | None = None
        self._problem: str | None = None

    def problem(self) -> str | None:
        """Why ratings cannot be read now, and what to do; None while they are read."""
        return self._problem

    async def run(self) -> None:
        """Poll after poll. A poll that fails is repeated over the same time, so nothing is missed."""
        while True:
            wait = self._settings.poll_minutes * 60
            try:
                await self.poll()
                self._problem = None
            except PapersysError as error:
                self._problem = reason(error)
                log.warning("Ratings in Notion wait: %s", self._problem, extra={"action": "notion_poll_waits"})
                asked = error.retry_in_seconds if isinstance(error, TemporaryFailure) else None
                wait = _RETRY_SECONDS if asked is None else asked
            await self._sleep(wait)

    async def poll(self) -> int:
        """Read once; how many ratings were published. Raises what `Notion` and the bus raise."""
        async with self._open_notion() as notion:
            files = await self._opened(notion)
            cursor, begun = files.cursor(), self._clock()
            is_sweep = cursor.swept_at is None or begun - cursor.swept_at >= _WHOLE_SWEEP or cursor.polled_at is None
            since = None if is_sweep or cursor.polled_at is None else cursor.polled_at - _OVERLAP
            before = files.schema()
            schema = await read_schema(notion, files.data_source, before)
            if before is not None and before.ids.get("rating") != schema.ids["rating"]:
                return 0  # made anew, and empty until the publisher has filled it: nobody took a rating back
            published, rows = 0, [row async for row in all_rows(notion, schema, edited_since=since)]
        words = await asyncio.to_thread(self._newest_words)
        for row in rows:
            published += await self._take(files, row, words.get(row.paper_id), begun)
        files.put_cursor(PollCursor(polled_at=begun, swept_at=begun if is_sweep else cursor.swept_at))
        return published

    async def _opened(self, notion: Notion) -> NotionFiles:
        if self._files is None:
            self._files = NotionFiles(self._data, await find_data_source(notion, self._settings))
        return self._files

    async def _take(self, files: NotionFiles, row: Row, newest: Rating | None, asked_at: datetime) -> bool:
        """Published first and noted then: killed in between, the same event is published again and is no news."""
        written, read = files.rows.all().get(row.paper_id), files.ratings.all().get(row.paper_id)
        if written is not None and written.page_id not in ("", row.page_id):
            return False
        reading = read_row(row, written, read, newest, self._settings.user, asked_at)
        if reading is None:
            return False
        if reading.event is not None:
            await self._bus.publish(reading.event)
            facts = {"action": "notion_rating", "paper_id": row.paper_id, "label": reading.event.label}
            log.info("A rating was given in Notion.", extra=facts)
        files.ratings.put(reading.state)
        return reading.event is not None

    def _newest_words(self) -> dict[str, Rating]:
        return {rating.paper_id: rating for rating in self._ratings.all(self._settings.user)}
