"""The service's own passes: soon after each summary, after a rating was given elsewhere, and once a day over all."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from services.publisher.outlets.notion.doubles import Doubled
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
        self._doubled: list[Doubled] = []

    def notice(self) -> None:
        """Something is to be written."""
        self._noticed.set()

    def problem(self) -> str | None:
        """What keeps rows from being written, papers with several rows, and what to do."""
        said = [self._problem, *map(str, self._doubled[:1])]
        if more := self._doubled[1:]:
            papers = "does 1 more paper" if len(more) == 1 else f"do {len(more)} more papers"
            said.append(f"So {papers}: `papersys notion sync` names them.")
        return " ".join(filter(None, said)) or None

    async def run(self) -> None:
        """Pass after pass. Whatever Notion does, what is to be written follows from the files and is not lost."""
        while True:
            self._noticed.clear()
            wait = await self.round()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._noticed.wait() if self._problem is None else asyncio.Event().wait(), wait)
                await asyncio.sleep(_SETTLE_SECONDS)

    async def round(self) -> float:
        """One pass, where anything has changed since the last, or a day has gone by; else a look for papers with
        several rows. How many seconds to wait then.
        """
        state = await asyncio.to_thread(self._fingerprint)
        is_due, report = self._is_due(state), SyncReport()
        try:
            with self._data.lock(LOCK, _LOCK_SECONDS):
                async with self._open_notion() as notion:
                    if not is_due:
                        is_due = await self._sync.look(notion, report)
                    if is_due:
                        await self._sync.run(notion, report)
        except PapersysError as error:
            return self._put_off(error, report)
        self._problem = f"Notion: {report.problem}" if report.failed else None
        if report.doubled != self._doubled:
            _log_doubled(report)
        self._doubled = report.doubled
        if is_due:
            self._done = (state, self._clock())
            _log_pass(report)
        return _RETRY_SECONDS if report.failed else self._settings.poll_minutes * 60

    def _is_due(self, state: str) -> bool:
        if self._problem is not None or self._done is None:
            return True
        known, at = self._done
        return known != state or self._clock() - at >= _WHOLE_PASS

    def _put_off(self, error: PapersysError, report: SyncReport) -> float:
        waiting = f" {report.left} rows wait." if report.left else ""
        self._problem = f"{reason(error)}{waiting}"
        log.warning("Notion is not up to date: %s", self._problem, extra={"action": "notion_waits"})
        asked = error.retry_in_seconds if isinstance(error, TemporaryFailure) else None
        return _RETRY_SECONDS if asked is None else asked


def _log_pass(report: SyncReport) -> None:
    if report.created or report.updated or report.removed:
        facts = {"action": "notion_synced", "requests": report.requests}
        text = "Notion: %d rows created, %d updated, %d removed by their owner."
        log.info(text, len(report.created), len(report.updated), len(report.removed), extra=facts)


def _log_doubled(report: SyncReport) -> None:
    for doubled in report.doubled:
        log.warning("%s", doubled, extra={"action": "notion_doubled", "paper_id": doubled.paper_id})
