"""A server over HTTP: one request a turn of its gate, and every way in which it refuses, told apart.

arXiv and every other preprint server are asked this way, each by a client and a gate of its own.
Refusals and limits of arXiv: https://info.arxiv.org/help/api/tou.html
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import TypeVar, cast

import httpx

from services.fetcher.arxiv.addresses import is_same_house
from services.fetcher.arxiv.content_encoding import ACCEPTED, BadEncoding, Decoder
from services.fetcher.arxiv.gate import MAX_WAIT_SECONDS, Gate
from services.fetcher.arxiv.wait_words import wait_words
from shared.contracts import now
from shared.errors import PermanentFailure, TemporaryFailure
from shared.hosts.retry_after import wait_asked_for

log = logging.getLogger(__name__)

_ATTEMPTS = 4
_REDIRECTS = 3
_PAGE_MAX_BYTES = 100 * 1024**2
_SHOWN_CHARACTERS = 200
_ABSENT = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
T = TypeVar("T")


class Garbled(Exception):
    """An answer that is not what the server meant to say: truncated, empty or a refusal in disguise."""


class TooLarge(PermanentFailure):
    """An answer over the limit on its size."""


def status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


class _Refused(Exception):
    """An HTTP status that means: not now, or never again."""

    def __init__(self, status: int, retry_after_seconds: float | None) -> None:
        super().__init__(status_words(status))
        self.status = status
        self.retry_after_seconds = retry_after_seconds


# All that httpx raises for what a server does, its addresses included, and what is found out here.
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, BadEncoding, Garbled, _Refused)


@dataclass(frozen=True)
class ServerResponse:
    """A response: status 200, or one of the statuses that mean that there is no such thing."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def is_absent(self) -> bool:
        return self.status in _ABSENT


@dataclass(frozen=True)
class Manners:
    """Which server is asked, as people call it, who asks, and how long an answer may take."""

    server: str = "arXiv"
    contact: str = ""
    timeout_seconds: float = 60.0
    request_seconds: float = 300.0
    pace_seconds: float = 3.0


class PoliteClient:
    """A server over HTTP, one connection, through its gate."""

    def __init__(self, manners: Manners, gate: Gate, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.gate = gate
        self._manners = manners
        self._client = httpx.AsyncClient(
            headers={"User-Agent": user_agent(manners.contact), "Accept-Encoding": ACCEPTED},
            timeout=httpx.Timeout(manners.timeout_seconds, connect=min(20.0, manners.timeout_seconds)),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            transport=transport,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def page(self, url: str, read: Callable[[ServerResponse], T]) -> T:
        """An answer to be read as text; one that is too large, or that its reader stumbles over, is asked for again.

        Raises TemporaryFailure with the wait that the server or the gate asks for.
        """
        return await self._ask(
            url, lambda answer: _read(answer, read, self._manners.server), _PAGE_MAX_BYTES, (*_FAILURES, TooLarge)
        )

    async def file(self, url: str, max_bytes: int) -> ServerResponse:
        """A file of at most so many bytes. Raises TemporaryFailure, TooLarge."""
        return await self._ask(url, lambda answer: answer, max_bytes)

    async def _ask(
        self,
        url: str,
        read: Callable[[ServerResponse], T],
        max_bytes: int,
        failures: tuple[type[Exception], ...] = _FAILURES,
    ) -> T:
        """Ask until there is an answer; waits within patience happen in the gate, longer ones go to the caller."""
        for attempt in range(1, _ATTEMPTS + 1):
            async with self.gate.turn():
                try:
                    result = await asyncio.to_thread(read, await self._whole(url, max_bytes))
                except failures as error:
                    wait = self._note_failure(url, error)
                    if attempt == _ATTEMPTS:
                        raise TemporaryFailure(self.gate.problem() or str(error), retry_in_seconds=wait) from error
                else:
                    self.gate.succeeded()
                    return result
        raise AssertionError("unreachable")

    def _note_failure(self, url: str, error: Exception) -> float:
        problem = _problem_words(error)
        if isinstance(error, _Refused) and error.status == HTTPStatus.FORBIDDEN:
            self.gate.stop(f"{self._manners.server} answered 403 Forbidden to {url.partition('?')[0]}.")
            log.error(
                "%s refused access (403); requests are stopped.",
                self._manners.server,
                extra={"action": "arxiv_stopped"},
            )
            return MAX_WAIT_SECONDS
        asked = error.retry_after_seconds if isinstance(error, _Refused) else None
        wait = self.gate.failed(problem, asked)
        text = "%s unreachable (%s). Retrying in %s."
        log.warning(text, self._manners.server, problem, wait_words(wait), extra={"action": "arxiv_failed"})
        return wait

    async def _whole(self, url: str, max_bytes: int) -> ServerResponse:
        """The answer within its deadline: each byte may come in time, and the last one never."""
        seconds = self._manners.request_seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._follow(url, max_bytes)
        except TimeoutError as error:
            raise Garbled(f"no complete answer within {seconds:g} s") from error

    async def _follow(self, url: str, max_bytes: int) -> ServerResponse:
        """The answer at the end of redirects within the server's house, each at the pace of its own."""
        for _ in range(_REDIRECTS):
            async with self._client.stream("GET", url, extensions={"trace": self._on_trace}) as response:
                if not response.has_redirect_location:
                    return await _answer(response, max_bytes)
                target = response.url.join(response.headers["Location"])
            if not is_same_house(httpx.URL(url), target):
                insecurely = " without encryption" if target.scheme == "http" else ""
                raise Garbled(f"redirected to {_shown(target.netloc.decode('ascii', 'replace'))}{insecurely}")
            url = str(target)
            await asyncio.sleep(self._manners.pace_seconds * 1.02)
        raise Garbled("too many redirects")

    async def _on_trace(self, event: str, info: Mapping[str, object]) -> None:
        if event.endswith("send_request_headers.complete"):
            self.gate.sent()


def user_agent(contact: str) -> str:
    """`papersys/0.1.0 (+me@example.org)`: servers ask automatic readers to say who they are."""
    try:
        number = version("papersys")
    except PackageNotFoundError:
        number = "unreleased"
    return f"papersys/{number} (+{contact})" if contact else f"papersys/{number}"


async def _answer(response: httpx.Response, max_bytes: int) -> ServerResponse:
    status = response.status_code
    if status != HTTPStatus.OK and status not in _ABSENT:
        asked = wait_asked_for(response.headers, now(), MAX_WAIT_SECONDS)
        raise _Refused(status, asked)
    body = await _body(response, max_bytes)
    if status == HTTPStatus.OK:
        _check_body(body[:200])
    return ServerResponse(status, body, dict(response.headers))


async def _body(response: httpx.Response, max_bytes: int) -> bytes:
    """The plain bytes. Raises TooLarge, BadEncoding."""
    decoder = Decoder(response.headers.get("Content-Encoding", ""))
    body = bytearray()
    async for piece in cast(httpx.AsyncByteStream, response.stream):
        body += decoder.feed(piece, max_bytes - len(body))
        if len(body) > max_bytes:
            raise TooLarge(f"larger than {max_bytes // 1024**2} MB")
    body += decoder.end()
    return bytes(body)


def _read(answer: ServerResponse, read: Callable[[ServerResponse], T], server: str) -> T:
    """As `read` says; what it cannot cope with is no answer that the server meant to give."""
    try:
        return read(answer)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        text = "A response from %s could not be read."
        log.warning(text, server, exc_info=error, extra={"action": "answer_unreadable"})
        raise Garbled(f"an answer that cannot be read ({_shown(str(error))})") from error


def _check_body(start: bytes) -> None:
    """arXiv also refuses with a 200."""
    if not start.strip():
        raise Garbled("an empty answer")
    if start.strip().lower().startswith(b"rate exceeded"):
        raise Garbled("Rate exceeded")


def there(answer: ServerResponse) -> ServerResponse:
    """An answer that has what was asked for. Raises Garbled."""
    if answer.is_absent:
        raise Garbled(status_words(answer.status))
    return answer


def _problem_words(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.ConnectError):
        return "no connection"
    if isinstance(error, TooLarge):
        return f"an answer {error}"
    if isinstance(error, httpx.InvalidURL):
        return "an invalid address"
    if isinstance(error, httpx.HTTPError | httpx.StreamError):
        return "the connection broke"
    return str(error)


def _shown(text: str) -> str:
    """A text of the server, fit for a log and a terminal."""
    return "".join(character if character.isprintable() else "?" for character in text[:_SHOWN_CHARACTERS])
