"""A demo arXiv in this process, reached without a network, and the fetcher's objects over it."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from deploy.demo.misbehaviour.faults import parse_faults
from deploy.demo.papers.corpus import Corpus, load_corpus
from deploy.demo.server import create_app
from services.fetcher.app import Components, build
from services.fetcher.settings import FetcherSettings
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder


class Site:
    """The server and what it was asked."""

    def __init__(self, corpus: Corpus | None = None, *, page_size: int = 2500, faults: tuple[str, ...] = ()) -> None:
        self.app: Starlette = create_app(corpus or demo_corpus(), page_size=page_size, faults=parse_faults(faults))

    @property
    def switchboard(self) -> Any:
        return self.app.state.switchboard

    def paths(self) -> list[str]:
        return [str(request["path"]) for request in self.switchboard.requests]

    def components(self, folder: Path, **settings: Any) -> Components:
        return build(data_folder(folder), demo_settings(**settings), InProcess(app=self.app))


class InProcess(httpx.ASGITransport):
    """Where the server breaks an answer off, says so as a connection would."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except AssertionError as error:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body") from error


def forget_pauses(components: Components) -> None:
    """A person lifts a stop, and the time that arXiv asked for has passed."""
    components.gate.resume()
    components.data.path("state", "fetcher", "gate.json").unlink(missing_ok=True)


def failing_where(
    components: Components, monkeypatch: pytest.MonkeyPatch, is_met: Callable[[Mapping[str, str]], bool]
) -> None:
    """arXiv fails for some requests, for as long as the monkeypatch lasts."""
    oai = components.arxiv.oai

    async def failing(arguments: Mapping[str, str], read: Any) -> Any:
        if is_met(arguments):
            raise TemporaryFailure("arXiv fails here", retry_in_seconds=1)
        return await oai(arguments, read)

    monkeypatch.setattr(components.arxiv, "oai", failing)


@cache
def demo_corpus() -> Corpus:
    return load_corpus()


def data_folder(folder: Path) -> DataFolder:
    data = DataFolder(folder / "data", min_free_mb=0)
    data.prepare()
    return data


def demo_settings(**settings: Any) -> FetcherSettings:
    """Settings for the demo's papers, without a pace."""
    return FetcherSettings.model_validate(
        {
            "oai_url": "http://arxiv.test/oai",
            "arxiv_url": "http://arxiv.test",
            "pace_seconds": 0,
            "categories": (),
            "start": "2026-10-26",
            "failure_waits_seconds": (0.01, 0.02, 0.04),
            **settings,
        }
    )
