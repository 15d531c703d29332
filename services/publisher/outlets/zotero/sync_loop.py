"""The service's own comparisons, every so many minutes; `note` says what keeps one back, and what is in conflict."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from services.publisher.access.membership import is_member
from services.publisher.access.policy import AccessPolicy
from services.publisher.outlets.zotero.sync import SyncReport, ZoteroSync
from services.publisher.outlets.zotero.told_state import remarks_of
from shared.errors import PapersysError, TemporaryFailure, reason
from shared.settings.sections.zotero import ZoteroSettings

log = logging.getLogger(__name__)

_RETRY_SECONDS = 300.0


class ZoteroLoop:
    """All libraries of the settings, each at its own pace."""

    def __init__(
        self,
        libraries: Mapping[str, tuple[ZoteroSettings, ZoteroSync]],
        access: AccessPolicy,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._libraries, self._access, self._sleep = libraries, access, sleep
        self._notes: dict[str, str] = {}

    def note(self) -> str | None:
        return " ".join(filter(None, self._notes.values())) or None

    async def run(self) -> None:
        await asyncio.gather(*(self._keep(name, settings, sync) for name, (settings, sync) in self._libraries.items()))

    async def round(self, name: str) -> float:
        """One comparison of a library; how many seconds to wait then."""
        settings, sync = self._libraries[name]
        if not is_member(self._access, settings.user):
            return settings.poll_minutes * 60
        try:
            report = await sync.run()
        except Exception as error:
            unforeseen = None if isinstance(error, PapersysError) else error
            self._notes[name] = f"Zotero library {name}: {reason(error)}"
            await asyncio.to_thread(sync.note_failure, reason(error))
            facts = {"action": "zotero_waits", "library": name}
            log.warning("Zotero library %s waits: %s", name, reason(error), extra=facts, exc_info=unforeseen)
            asked = error.retry_in_seconds if isinstance(error, TemporaryFailure) else None
            return _RETRY_SECONDS if asked is None else asked
        self._notes[name] = " ".join(f"Zotero library {name}: {remark}" for remark in remarks_of(sync.file.read()))
        _log_round(name, report)
        return settings.poll_minutes * 60

    async def _keep(self, name: str, settings: ZoteroSettings, sync: ZoteroSync) -> None:
        while True:
            await self._sleep(await self.round(name))


def _log_round(name: str, report: SyncReport) -> None:
    written = report.written
    if report.rated or written.created or written.updated or written.removed or written.conflicts:
        facts = {"action": "zotero_synced", "library": name, "requests": report.requests}
        text = "Zotero: %d ratings read, %d items created, %d updated, %d conflicts."
        numbers = len(report.rated), len(written.created), len(written.updated), len(written.conflicts)
        log.info(text, *numbers, extra=facts)
