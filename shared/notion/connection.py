"""One connection to Notion by the official client: paced, patient, and clear about what went wrong.

The client's own repeats are off: it repeats no write, and does not know which writes may be repeated.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import httpx
from notion_client import AsyncClient
from notion_client.errors import NotionClientErrorBase

from shared.contracts import now
from shared.notion.failures import Again, next_step
from shared.settings.sections.notion import NotionSettings

API_VERSION = "2026-03-11"
"""https://developers.notion.com/guides/get-started/upgrade-guide-2026-03-11"""
READING_SHARE = 0.2
"""Of the pace of writing: both services use one connection, to which Notion allows three requests a second on average.

https://developers.notion.com/reference/request-limits
"""
_TIMEOUT_MS = 60_000
_ANSWERED_BADLY = (NotionClientErrorBase, httpx.HTTPError, ValueError)

Call = Callable[[AsyncClient], Awaitable[Any]]


class Notion:
    """Opened when entered; the token is read then. `requests` counts what was sent."""

    def __init__(
        self,
        settings: NotionSettings,
        share: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._pace_seconds = 1 / (settings.requests_per_second * share)
        self._clock = clock
        self._sleep = sleep
        self._next_at = 0.0
        self._client: AsyncClient | None = None
        self.requests = 0

    async def __aenter__(self) -> Self:
        """Raises SettingsError where there is no token."""
        quiet = logging.getLogger("notion_client")
        self._client = AsyncClient(
            client=httpx.AsyncClient(trust_env=True),
            auth=self._settings.secret(),
            base_url=self._settings.base_url.rstrip("/"),
            notion_version=API_VERSION,
            timeout_ms=_TIMEOUT_MS,
            retry=False,
            logger=quiet,
            log_level=logging.CRITICAL,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def read(self, call: Call) -> dict[str, Any]:
        """A request that changes nothing, or that may be sent twice. Raises what `next_step` names."""
        return await self._answered(call, is_repeatable=True)

    async def write(self, call: Call) -> dict[str, Any]:
        """A request that must not be carried out twice. Raises Unsure where it may have been carried out."""
        return await self._answered(call, is_repeatable=False)

    async def pause(self, seconds: float) -> None:
        """Wait, for what Notion needs a moment for."""
        await self._sleep(seconds)

    async def _answered(self, call: Call, *, is_repeatable: bool) -> dict[str, Any]:
        assert self._client is not None, "Notion is not open"  # noqa: S101
        attempt = 0
        while True:
            await self._take_turn()
            try:
                answer: dict[str, Any] = await call(self._client)
                return answer
            except _ANSWERED_BADLY as error:
                step = next_step(error, attempt, is_repeatable=is_repeatable, present=now())
                if not isinstance(step, Again):
                    raise step from error
                attempt += 1
                await self._sleep(step.seconds)

    async def _take_turn(self) -> None:
        wait = self._next_at - self._clock()
        self._next_at = max(self._clock(), self._next_at) + self._pace_seconds
        self.requests += 1
        if wait > 0:
            await self._sleep(wait)
