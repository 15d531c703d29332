"""GitHub's GraphQL API, one question at a time, within the points of the hour and every wait that GitHub asks for.

Rules: https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from services.feedback.giscus.github.refusals import Answer, Overload, Wait, read_answer
from shared.bus.delivery.disposition import Policy
from shared.contracts import now
from shared.errors import PermanentFailure, TemporaryFailure
from shared.settings.sections.giscus import GiscusSettings

log = logging.getLogger(__name__)

_DELAYS = Policy((2, 5, 15, 60))
_SECONDS = 30.0
"""GitHub itself gives up after ten."""
_MOST_BYTES = 32 << 20
_SMALLEST_PAGE = 5
_LONGEST_WAIT_SECONDS = 3_700.0
"""An hour's points come back after an hour."""


@dataclass
class Points:
    """What the token may still spend, as GitHub said last; `spent` and `requests` are ours."""

    remaining: int | None = None
    limit: int | None = None
    reset_at: datetime | None = None
    spent: int = 0
    requests: int = 0

    def take(self, rate: Any) -> None:
        """Note what an answer says of its cost; what is no such thing says nothing."""
        if not isinstance(rate, dict):
            return
        if isinstance(rate.get("cost"), int):
            self.spent += rate["cost"]
        if isinstance(rate.get("remaining"), int) and isinstance(rate.get("resetAt"), str):
            self.remaining, self.limit = rate["remaining"], rate.get("limit")
            self.reset_at = _moment(rate["resetAt"])

    def seconds_to_wait(self, kept: int, present: datetime) -> float:
        """Until the points come back, where no more than `kept` are left; at most half of them are kept."""
        if self.remaining is None or self.reset_at is None or self.reset_at <= present:
            return 0.0
        kept = min(kept, self.limit // 2) if isinstance(self.limit, int) else kept
        return (self.reset_at - present).total_seconds() + 1 if self.remaining <= kept else 0.0


class GitHub:
    """Asks; waits where GitHub says so, for `patience_seconds` at most. `waiting` says what it waits for."""

    def __init__(
        self,
        settings: GiscusSettings,
        client: httpx.AsyncClient,
        *,
        patience_seconds: float = _LONGEST_WAIT_SECONDS,
        clock: Callable[[], datetime] = now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings, self._client, self._patience_seconds = settings, client, patience_seconds
        self._clock, self._sleep = clock, sleep
        self.points = Points()
        self.waiting: str | None = None

    async def ask(self, query: str, variables: Mapping[str, Any]) -> Answer:
        """The answer, parts of which may be missing. A page that is too much at once is asked for in smaller ones.

        Raises PermanentFailure for what a person has to mend, TemporaryFailure where GitHub stays away.
        """
        asked, failures, waits = dict(variables), 0, 0
        while True:
            await self._keep_within_points()
            try:
                return await self._ask_once(query, asked)
            except Wait as wait:
                waits += 1
                await self._wait(wait.seconds(waits), str(wait))
            except TemporaryFailure as failure:
                failures += 1
                if failures >= _DELAYS.max_attempts:
                    raise
                if isinstance(failure, Overload) and isinstance(asked.get("first"), int):
                    asked["first"] = max(_SMALLEST_PAGE, asked["first"] // 2)
                await self._wait(_DELAYS.delay_after(failures), str(failure))

    async def _ask_once(self, query: str, variables: Mapping[str, Any]) -> Answer:
        status, headers, content = await self._post({"query": query, "variables": dict(variables)})
        self.points.requests += 1
        answer = read_answer(status, headers, content, self._clock(), self._settings.repo)
        self.points.take(answer.data.get("rateLimit"))
        return answer

    async def _post(self, body: Any) -> tuple[int, Mapping[str, str], bytes]:
        token = self._settings.known_token()
        if token is None:
            raise PermanentFailure(
                "GitHub's API needs a token: set PAPERSYS_GISCUS__TOKEN, or giscus.token_file to a file with it."
            )
        headers = {"Authorization": f"Bearer {token}", "User-Agent": "papersys"}
        content = bytearray()
        try:
            async with (
                asyncio.timeout(_SECONDS),
                self._client.stream(
                    "POST", self._settings.api_url, json=body, headers=headers, timeout=_SECONDS
                ) as answer,
            ):
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    if len(content) > _MOST_BYTES:
                        raise Overload("GitHub's answer is too long.")
        except (TimeoutError, httpx.TimeoutException) as error:
            raise Overload(f"GitHub did not answer within {_SECONDS:g} s.") from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise TemporaryFailure(f"GitHub cannot be reached: {error or type(error).__name__}.") from error
        return answer.status_code, answer.headers, bytes(content)

    async def _keep_within_points(self) -> None:
        seconds = self.points.seconds_to_wait(self._settings.points_left, self._clock())
        if seconds > 0:
            await self._wait(seconds, f"{self.points.remaining} of this hour's {self.points.limit} points are left.")
            self.points.remaining = None

    async def _wait(self, seconds: float, why: str) -> None:
        """Raises TemporaryFailure where that takes longer than the patience."""
        seconds = min(seconds, _LONGEST_WAIT_SECONDS)
        until = self._clock() + timedelta(seconds=seconds)
        text = f"{why} Asking GitHub again at {until:%H:%M:%S} UTC."
        if seconds > self._patience_seconds:
            raise TemporaryFailure(text, retry_in_seconds=seconds)
        log.warning("Reactions wait: %s", text, extra={"action": "giscus_wait"})
        self.waiting = text
        await self._sleep(seconds)
        self.waiting = None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
