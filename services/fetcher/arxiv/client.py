"""The adapter to arXiv: one request a turn of the gate, and every way in which arXiv refuses, told apart.

Refusals and limits: https://info.arxiv.org/help/api/tou.html
"""

import asyncio
import logging
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import TypeVar, cast

import httpx

from services.fetcher.arxiv.addresses import feeds_url, is_same_house, url_with
from services.fetcher.arxiv.content_encoding import ACCEPTED, BadEncoding, Decoder
from services.fetcher.arxiv.gate import MAX_WAIT_SECONDS, Gate
from services.fetcher.arxiv.wait_words import wait_words
from services.fetcher.settings import FetcherSettings
from shared.contracts import now
from shared.errors import PermanentFailure, TemporaryFailure
from shared.retry_after import wait_asked_for

log = logging.getLogger(__name__)

_ATTEMPTS = 4
_REDIRECTS = 3
_PAGE_MAX_BYTES = 100 * 1024**2
_SHOWN_CHARACTERS = 200
_ABSENT = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
T = TypeVar("T")


class Garbled(Exception):
    """An answer that is not what arXiv meant to say: truncated, empty or a refusal in disguise."""


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
class ArxivResponse:
    """A response of arXiv: status 200, or one of the statuses that mean that there is no such thing."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def is_absent(self) -> bool:
        return self.status in _ABSENT


class Arxiv:
    """arXiv over HTTP, one connection, through the gate."""

    def __init__(
        self, settings: FetcherSettings, gate: Gate, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.gate = gate
        self._settings = settings
        self._client = httpx.AsyncClient(
            headers={"User-Agent": user_agent(settings.contact), "Accept-Encoding": ACCEPTED},
            timeout=httpx.Timeout(settings.timeout_seconds, connect=min(20.0, settings.timeout_seconds)),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            transport=transport,
        )

    @property
    def oai_url(self) -> str:
        return self._settings.oai_url

    async def close(self) -> None:
        await self._client.aclose()

    async def oai(self, arguments: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        """An OAI-PMH answer as `read` understands it; where `read` raises Garbled it is asked again.

        Raises TemporaryFailure with the wait that arXiv or the gate asks for.
        """
        return await self._page(url_with(self._settings.oai_url, arguments), lambda answer: read(_there(answer).body))

    async def feed(self, categories: str, read: Callable[[bytes], T]) -> T:
        """Today's RSS feed of `cs.CV+cs.CL` as `read` understands it. Raises TemporaryFailure."""
        url = f"{feeds_url(self._settings)}/{urllib.parse.quote(categories, safe='+')}"
        return await self._page(url, lambda answer: read(_there(answer).body))

    async def query(self, arguments: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        """An answer of the query API as `read` understands it, also where it is an error. Raises TemporaryFailure."""
        url = url_with(f"{self._settings.arxiv_url.rstrip('/')}/api/query", arguments)
        return await self._page(url, lambda answer: read(answer.body))

    async def eprint(self, name: str) -> ArxivResponse:
        """The source of `2403.12345` or `2403.12345v2`. Raises TemporaryFailure, TooLarge."""
        return await self._file("e-print", name)

    async def pdf(self, name: str) -> ArxivResponse:
        """The PDF of a paper. Raises TemporaryFailure, TooLarge."""
        return await self._file("pdf", name)

    async def html(self, name: str) -> ArxivResponse:
        """arXiv's own HTML of a paper. Raises TemporaryFailure, TooLarge."""
        return await self._file("html", name)

    async def _page(self, url: str, read: Callable[[ArxivResponse], T]) -> T:
        """An answer to be read as text; one that is too large, or that its reader stumbles over, is asked for again."""
        return await self._ask(url, lambda answer: _read(answer, read), _PAGE_MAX_BYTES, (*_FAILURES, TooLarge))

    async def _file(self, kind: str, name: str) -> ArxivResponse:
        url = f"{self._settings.arxiv_url.rstrip('/')}/{kind}/{urllib.parse.quote(name)}"
        return await self._ask(url, lambda answer: answer, self._settings.document_max_mb * 1024**2)

    async def _ask(
        self,
        url: str,
        read: Callable[[ArxivResponse], T],
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
            self.gate.stop(f"arXiv answered 403 Forbidden to {url.partition('?')[0]}.")
            log.error("arXiv refused access (403); requests are stopped.", extra={"action": "arxiv_stopped"})
            return MAX_WAIT_SECONDS
        asked = error.retry_after_seconds if isinstance(error, _Refused) else None
        wait = self.gate.failed(problem, asked)
        text = "arXiv unreachable (%s). Retrying in %s."
        log.warning(text, problem, wait_words(wait), extra={"action": "arxiv_failed"})
        return wait

    async def _whole(self, url: str, max_bytes: int) -> ArxivResponse:
        """The answer within its deadline: each byte may come in time, and the last one never."""
        seconds = self._settings.request_seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._follow(url, max_bytes)
        except TimeoutError as error:
            raise Garbled(f"no complete answer within {seconds:g} s") from error

    async def _follow(self, url: str, max_bytes: int) -> ArxivResponse:
        """The answer at the end of redirects within arXiv, each at the pace of its own."""
        for _ in range(_REDIRECTS):
            async with self._client.stream("GET", url, extensions={"trace": self._on_trace}) as response:
                if not response.has_redirect_location:
                    return await _answer(response, max_bytes)
                target = response.url.join(response.headers["Location"])
            if not is_same_house(httpx.URL(url), target):
                insecurely = " without encryption" if target.scheme == "http" else ""
                raise Garbled(f"redirected to {_shown(target.netloc.decode('ascii', 'replace'))}{insecurely}")
            url = str(target)
            await asyncio.sleep(self._settings.pace_seconds * 1.02)
        raise Garbled("too many redirects")

    async def _on_trace(self, event: str, info: Mapping[str, object]) -> None:
        if event.endswith("send_request_headers.complete"):
            self.gate.sent()


def user_agent(contact: str) -> str:
    """`papersys/0.1.0 (+me@example.org)`: arXiv asks automatic readers to say who they are."""
    try:
        number = version("papersys")
    except PackageNotFoundError:
        number = "unreleased"
    return f"papersys/{number} (+{contact})" if contact else f"papersys/{number}"


async def _answer(response: httpx.Response, max_bytes: int) -> ArxivResponse:
    status = response.status_code
    if status != HTTPStatus.OK and status not in _ABSENT:
        asked = wait_asked_for(response.headers, now(), MAX_WAIT_SECONDS)
        raise _Refused(status, asked)
    body = await _body(response, max_bytes)
    if status == HTTPStatus.OK:
        _check_body(body[:200])
    return ArxivResponse(status, body, dict(response.headers))


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


def _read(answer: ArxivResponse, read: Callable[[ArxivResponse], T]) -> T:
    """As `read` says; what it cannot cope with is no answer that arXiv meant to give."""
    try:
        return read(answer)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        log.warning("A response from arXiv could not be read.", exc_info=error, extra={"action": "answer_unreadable"})
        raise Garbled(f"an answer that cannot be read ({_shown(str(error))})") from error


def _check_body(start: bytes) -> None:
    """arXiv also refuses with a 200."""
    if not start.strip():
        raise Garbled("an empty answer")
    if start.strip().lower().startswith(b"rate exceeded"):
        raise Garbled("Rate exceeded")


def _there(answer: ArxivResponse) -> ArxivResponse:
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
