"""One connection to Zotero's web API, version 3: patient, in pages, and clear about what went wrong.

https://www.zotero.org/support/dev/web_api/v3/basics. Every request may be sent twice: writes name the version of what
they change, so a second one of the same finds it changed and is refused.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx

from shared.contracts import now
from shared.errors import PermanentFailure, TemporaryFailure
from shared.hosts.retry_after import wait_asked_for
from shared.settings.sections.zotero import ZoteroSettings
from shared.text.safe.plain_text import shortened
from shared.version import papersys_version

MOST_OBJECTS = 50
_PAGE = 100
_TIMEOUT_SECONDS = 60.0
_BACKOFF_SECONDS = (1.0, 2.0, 4.0, 8.0)
_LONGEST_WAIT_SECONDS = 60.0
_AWAY_SECONDS = 600.0
_CLOSED_SECONDS = 3_600.0
_BUSY = (409, 429, 503)
_NOT_FOUND, _CHANGED = 404, 412
_CLOSED = (401, 403)
_FAILED = 500
_KEYS = "https://www.zotero.org/settings/keys"


class ZoteroAway(TemporaryFailure):
    """Zotero cannot be reached, or asks for a long wait; nothing is lost meanwhile."""


class ZoteroClosed(TemporaryFailure):
    """The key does not open this; its owner has to do something first."""


class LibraryMoved(TemporaryFailure):
    """The library was changed between two requests that belong together."""


class Gone(PermanentFailure):
    """What the request is about does not exist (any more)."""


class Changed(PermanentFailure):
    """What was to be changed has another version by now: somebody changed it."""


@dataclass(frozen=True)
class Answer:
    """JSON, and the version of the library that it is of."""

    body: Any
    version: int


class Zotero:
    """Opened when entered; the key is read then. `requests` counts what was sent."""

    def __init__(
        self,
        name: str,
        settings: ZoteroSettings,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name, self._settings = name, settings
        self._clock, self._sleep = clock, sleep
        self._not_before = 0.0
        self._client: httpx.AsyncClient | None = None
        self.requests = 0

    async def __aenter__(self) -> Self:
        """Raises SettingsError where there is no key."""
        self._client = httpx.AsyncClient(
            base_url=f"{self._settings.base_url.rstrip('/')}/{self._settings.library}/",
            headers={
                "Zotero-API-Version": "3",
                "Zotero-API-Key": self._settings.secret(self._name),
                "User-Agent": f"papersys/{papersys_version()}",
            },
            timeout=_TIMEOUT_SECONDS,
            trust_env=True,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def get(self, path: str, **query: str | int) -> Answer:
        """Raises Gone, ZoteroAway, ZoteroClosed, PermanentFailure."""
        return _answer_of(await self._answered("GET", path, params=query))

    async def all(self, path: str, **query: str | int) -> Answer:
        """Every object of a list, page by page, all of one version of the library. Raises LibraryMoved, too."""
        objects: list[Any] = []
        version: int | None = None
        while True:
            answer = await self.get(path, **query, limit=_PAGE, start=len(objects))
            if version is not None and answer.version != version:
                raise LibraryMoved("The library was changed while it was read.")
            version = answer.version
            if not isinstance(answer.body, list):
                raise ZoteroAway(f"Zotero answered {path} with no list.", retry_in_seconds=_AWAY_SECONDS)
            objects += answer.body
            if len(answer.body) < _PAGE:
                return Answer(objects, version)

    async def post(self, path: str, objects: Sequence[Mapping[str, Any]]) -> Answer:
        """Create objects, each with a key of ours and version 0; the answer says what became of each."""
        return _answer_of(await self._answered("POST", path, json=list(objects)))

    async def patch(self, path: str, fields: Mapping[str, Any], version: int) -> int:
        """Change fields of an object that has this version; its new version. Raises Changed where it has another."""
        headers = {"If-Unmodified-Since-Version": str(version)}
        return _answer_of(await self._answered("PATCH", path, json=dict(fields), headers=headers)).version

    async def _answered(self, method: str, path: str, **options: Any) -> httpx.Response:
        assert self._client is not None, "Zotero is not open"  # noqa: S101
        attempt = 0
        while True:
            await self._take_turn()
            try:
                answer = await self._client.request(method, path, **options)
            except httpx.HTTPError as error:
                await self._again(f"Zotero cannot be reached ({type(error).__name__})", attempt, None)
            else:
                self._heed(answer)
                if answer.is_success:
                    return answer
                if answer.status_code not in _BUSY and answer.status_code < _FAILED:
                    raise self._refusal(answer, path)
                asked = wait_asked_for(answer.headers, now())
                await self._again(f"Zotero is busy or failed ({answer.status_code})", attempt, asked)
            attempt += 1

    async def _take_turn(self) -> None:
        """One after the other; Zotero may have asked for a pause."""
        wait = self._not_before - self._clock()
        if wait > _LONGEST_WAIT_SECONDS:
            raise ZoteroAway(f"Zotero asks to pause for {wait:.0f} s.", retry_in_seconds=wait)
        self.requests += 1
        if wait > 0:
            await self._sleep(wait)

    def _heed(self, answer: httpx.Response) -> None:
        """`Backoff` may come with any answer, good ones too."""
        asked = wait_asked_for({"retry-after": answer.headers.get("backoff", "")}, now())
        if asked:
            self._not_before = self._clock() + asked

    async def _again(self, why: str, attempt: int, asked: float | None) -> None:
        """Wait before the next attempt. Raises ZoteroAway where that would be too long, or too often."""
        if asked is not None and asked > _LONGEST_WAIT_SECONDS:
            raise ZoteroAway(f"{why}; it asks to wait for {asked:.0f} s.", retry_in_seconds=asked)
        if attempt >= len(_BACKOFF_SECONDS):
            raise ZoteroAway(f"{why}, {attempt + 1} times in a row.", retry_in_seconds=_AWAY_SECONDS)
        await self._sleep(_BACKOFF_SECONDS[attempt] if asked is None else asked)

    def _refusal(self, answer: httpx.Response, path: str) -> Exception:
        status, said = answer.status_code, shortened(answer.text[:2_000], 200).rstrip(".")
        if status in _CLOSED:
            return ZoteroClosed(
                f"Zotero does not open {self._settings.library} ({status}: {said}). The key of zotero.{self._name} is "
                f"wrong, was revoked, or lacks a permission (notes and, to write, write access): {_KEYS}.",
                retry_in_seconds=_CLOSED_SECONDS,
            )
        if status == _NOT_FOUND:
            return Gone(f"Zotero does not find {path} of {self._settings.library} ({said}).")
        if status == _CHANGED:
            return Changed(f"{path} was changed in Zotero ({said}).")
        return PermanentFailure(f"Zotero refused {path} ({status}: {said}).")


def moment_of(text: Any) -> datetime | None:
    """A time of Zotero, `2024-06-12T21:28:55Z`; None for what is none."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _answer_of(answer: httpx.Response) -> Answer:
    """Raises ZoteroAway where a proxy answered in its place."""
    try:
        return Answer(answer.json() if answer.content else None, int(answer.headers["last-modified-version"]))
    except (KeyError, ValueError) as error:
        text = "Zotero's answer is not one of its API; is there a proxy between?"
        raise ZoteroAway(text, retry_in_seconds=_AWAY_SECONDS) from error
