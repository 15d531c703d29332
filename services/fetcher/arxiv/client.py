"""The adapter to arXiv: what it is asked for, and where."""

import urllib.parse
from collections.abc import Callable, Mapping
from typing import TypeVar

import httpx

from services.fetcher.arxiv.addresses import feeds_url, url_with
from services.fetcher.arxiv.gate import Gate
from services.fetcher.arxiv.polite_client import (
    Garbled,
    Manners,
    PoliteClient,
    TooLarge,
    status_words,
    there,
    user_agent,
)
from services.fetcher.arxiv.polite_client import ServerResponse as ArxivResponse
from services.fetcher.settings import FetcherSettings

__all__ = ["Arxiv", "ArxivResponse", "Garbled", "TooLarge", "status_words", "user_agent"]

T = TypeVar("T")


class Arxiv(PoliteClient):
    """arXiv over HTTP, one connection, through the gate."""

    def __init__(
        self, settings: FetcherSettings, gate: Gate, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        manners = Manners(
            contact=settings.contact,
            timeout_seconds=settings.timeout_seconds,
            request_seconds=settings.request_seconds,
            pace_seconds=settings.pace_seconds,
        )
        super().__init__(manners, gate, transport)
        self._settings = settings

    @property
    def oai_url(self) -> str:
        return self._settings.oai_url

    async def oai(self, arguments: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        """An OAI-PMH answer as `read` understands it; where `read` raises Garbled it is asked again.

        Raises TemporaryFailure with the wait that arXiv or the gate asks for.
        """
        return await self.page(url_with(self._settings.oai_url, arguments), lambda answer: read(there(answer).body))

    async def feed(self, categories: str, read: Callable[[bytes], T]) -> T:
        """Today's RSS feed of `cs.CV+cs.CL` as `read` understands it. Raises TemporaryFailure."""
        url = f"{feeds_url(self._settings)}/{urllib.parse.quote(categories, safe='+')}"
        return await self.page(url, lambda answer: read(there(answer).body))

    async def query(self, arguments: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        """An answer of the query API as `read` understands it, also where it is an error. Raises TemporaryFailure."""
        url = url_with(f"{self._settings.arxiv_url.rstrip('/')}/api/query", arguments)
        return await self.page(url, lambda answer: read(answer.body))

    async def eprint(self, name: str) -> ArxivResponse:
        """The source of `2403.12345` or `2403.12345v2`. Raises TemporaryFailure, TooLarge."""
        return await self._file("e-print", name)

    async def pdf(self, name: str) -> ArxivResponse:
        """The PDF of a paper. Raises TemporaryFailure, TooLarge."""
        return await self._file("pdf", name)

    async def html(self, name: str) -> ArxivResponse:
        """arXiv's own HTML of a paper. Raises TemporaryFailure, TooLarge."""
        return await self._file("html", name)

    async def _file(self, kind: str, name: str) -> ArxivResponse:
        url = f"{self._settings.arxiv_url.rstrip('/')}/{kind}/{urllib.parse.quote(name)}"
        return await self.file(url, self._settings.document_max_mb * 1024**2)
