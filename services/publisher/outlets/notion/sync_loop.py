"""The service's own passes: soon after each summary, after a rating was given elsewhere, and once a day over all."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from services.publisher.outlets.notion.sync import Sync, SyncReport
from shared.contracts import now
from shared.errors import PapersysError, TemporaryFailure, reason
from shared.notion.connection import Notion
from shared.notion.row_files import LOCK
from shared.settings.sections.notion import NotionSettings
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_SETTLE_SECONDS = 2.0
"""Summaries come a few at a time: one pass for those that come together."""
_RETRY_SECONDS = 300.0
_WHOLE_PASS = timedelta(days=1)
_LOCK_SECONDS = 0.0


class SyncLoop:
    """`notice` says that papers have changed; `problem` is what a person should know, None while all is well."""

    def __init__(
        self,
        settings: NotionSettings,
        data: DataFolder,
        sync: Sync,
        fingerprint: Callable[[], str],
        open_notion: Callable[[], AbstractAsyncContextManager[Notion]] | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._settings, self._data, self._sync = settings, data, sync
        self._fingerprint = fingerprint
        self._open_notion = open_notion or (lambda: Notion(settings))
        self._clock = clock
        self._noticed = asyncio.Event()
        self._done: tuple[str, datetime] | None = None
        self._problem: str | None = None

    def notice(self) -> None:
        """Something is to be written."""
        self._noticed.set()

    def problem(self) -> str | None:
        """What keeps rows from being written, and what to do."""
        return self._problem

    async def run(self) -> None:
        """Pass after pass. Whatever Notion does, what is to be written follows from the files and is not lost."""
        while True:
            self._noticed.clear()
            wait = await self.round()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._noticed.wait() if self._problem is None else asyncio.Event().wait(), wait)
                await asyncio.sleep(_SETTLE_SECONDS)

    async def round(self) -> float:
        """One pass, where anything has changed since the last or a day has gone by; how many seconds to wait then."""
        state = await asyncio.to_thread(self._fingerprint)
        if self._problem is None and self._done is not None:
            known, at = self._done
            if known == state and self._clock() - at < _WHOLE_PASS:
                return self._settings.poll_minutes * 60
        report = SyncReport()
        try:
            with self._data.lock(LOCK, _LOCK_SECONDS):
                async with self._open_notion() as notion:
                    await self._sync.run(notion, report)
        except PapersysError as error:
            return self._put_off(error, report)
        self._problem = f"Notion: {report.problem}" if report.failed else None
        self._done = (state, self._clock())
        _log_pass(report)
        return _RETRY_SECONDS if report.failed else self._settings.poll_minutes * 60

    def _put_off(self, error: PapersysError, report: SyncReport) -> float:
        waiting = f" {report.left} rows wait." if report.left else ""
        self._problem = f"{reason(error)}{waiting}"
        log.warning("Notion is not up to date: %s", self._problem, extra={"action": "notion_waits"})
        asked = error.retry_in_seconds if isinstance(error, TemporaryFailure) else None
        return _RETRY_SECONDS if asked is None else asked


def _log_pass(report: SyncReport) -> None:
    if report.created or report.updated or report.removed or report.doubled:
        facts = {"action": "notion_synced", "requests": report.requests, "doubled": report.doubled or None}
        text = "Notion: %d rows created, %d updated, %d removed by their owner."
        log.info(text, len(report.created), len(report.updated), len(report.removed), extra=facts)
