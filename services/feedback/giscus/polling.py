"""The loop that reads reactions: every few minutes those that changed last, once a day all of them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import httpx

from services.feedback.giscus.github.client import GitHub
from services.feedback.giscus.reader import Publish, ReactionReader
from services.feedback.giscus.state import StateFile
from shared.bus.delivery.disposition import Policy
from shared.errors import PapersysError, PermanentFailure, SettingsError, TemporaryFailure
from shared.settings.sections.giscus import GiscusSettings
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore

log = logging.getLogger(__name__)

_DELAYS = Policy((30, 60, 300, 900))


class ReactionPolling:
    """`run` reads until it is cancelled; `note` says why it is not reading, for the health page."""

    def __init__(
        self,
        settings: GiscusSettings,
        data: DataFolder,
        ratings: RatingStore,
        publish: Publish,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings, self._data, self._ratings = settings, data, ratings
        self._publish, self._sleep = publish, sleep
        self._github: GitHub | None = None
        self._problem: str | None = None

    def note(self) -> str | None:
        """What a person should know: the last reading failed, or waits; None where all is well."""
        waiting = self._github.waiting if self._github else None
        text = waiting or self._problem
        return f"Reactions on the published papers are not read: {text}" if text else None

    async def run(self) -> None:
        """Read at once, then at the pace of the settings; after a failure sooner, or when GitHub says."""
        failures = 0
        async with httpx.AsyncClient(follow_redirects=False) as client:
            self._github = GitHub(self._settings, client)
            reader = ReactionReader(self._settings, self._github, self._ratings, StateFile(self._data, self._settings))
            while True:
                try:
                    await self._read(reader)
                except (PermanentFailure, TemporaryFailure, SettingsError) as error:
                    failures += 1
                    await self._sleep(self._wait_after(error, failures))
                else:
                    failures = 0
                    await self._sleep(self._settings.poll_minutes * 60)

    async def _read(self, reader: ReactionReader) -> None:
        report = await reader.read(self._publish)
        accounts = f"giscus.accounts names {', '.join(report.unknown_accounts)}, whom GitHub does not know."
        self._problem = accounts if report.unknown_accounts else None
        facts = {"action": "giscus_read", "points": report.points, "discussions": report.discussions}
        text = "Read %d discussions at GitHub: %d new ratings, %d words of strangers, %d points."
        strangers = report.counts.strangers_reactions + report.counts.strangers_comments
        log.info(text, report.discussions, len(report.events), strangers, report.points, extra=facts)
        for problem in report.problems:
            log.warning("Not all was read: %s", problem, extra={"action": "giscus_incomplete"})

    def _wait_after(self, error: PapersysError, failures: int) -> float:
        self._problem = str(error)
        log.warning("Reactions could not be read: %s", error, extra={"action": "giscus_failed"})
        usual = self._settings.poll_minutes * 60
        if isinstance(error, TemporaryFailure):
            asked = error.retry_in_seconds
            return _DELAYS.wait_for(asked) if asked is not None else min(usual, _DELAYS.delay_after(failures))
        return usual
