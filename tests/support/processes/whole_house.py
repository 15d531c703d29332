"""All six services in this process, on a real NATS server and a demo arXiv of its own, for tests that look inside."""

import asyncio
import contextlib
import importlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.fetcher.scheduling.schedule import Schedule
from shared.settings.settings import SERVICES
from tests.support.bus.nats import PASSWORD, nats_server
from tests.support.bus.ports import free_port, free_port_range
from tests.support.checks.waiting import eventually


@dataclass(frozen=True)
class House:
    """A running system. Setting `due` starts the daily harvest; it is done once."""

    data: Path
    reader: str
    due: asyncio.Event
    bus_port: int

    async def get(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=120) as http:
            return await http.get(f"{self.reader}{path}")

    async def post(self, path: str, content: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=20, headers={"Origin": self.reader}) as http:
            return await http.post(f"{self.reader}{path}", json=content)


@contextlib.asynccontextmanager
async def whole_house(
    folder: Path, arxiv: str, monkeypatch: pytest.MonkeyPatch, **changes: dict[str, Any]
) -> AsyncIterator[House]:
    """Everything is ready and nothing happens yet; `changes` are sections of the settings."""
    due = _harvest_when_told(monkeypatch)
    reader_port = free_port()
    with nats_server(folder / "nats") as server:
        sections: dict[str, dict[str, Any]] = {
            "data": {"path": str(folder / "data"), "min_free_mb": 0},
            "bus": {"port": server.settings.port, "password": PASSWORD, "stop_seconds": 2},
            "http": {"first_port": free_port_range(len(SERVICES))},
            "embedding": {"models": {"minilm": {"precision": "float32"}}},
            "publisher": {"port": reader_port},
        }
        fetcher = {"oai_url": f"{arxiv}/oai", "arxiv_url": arxiv, "pace_seconds": 0, "harvest_on_start": False}
        sections |= {**changes, "fetcher": {**fetcher, **changes.get("fetcher", {})}}
        async with contextlib.AsyncExitStack() as stack:
            apps = [_app_of(service, sections) for service in SERVICES]
            for app in apps:
                await stack.enter_async_context(app.router.lifespan_context(app))
            for app in apps:
                await eventually(lambda app=app: _is_ready(app), 600)  # type: ignore[misc]
            yield House(folder / "data", f"http://127.0.0.1:{reader_port}", due[0], server.settings.port)


def _harvest_when_told(monkeypatch: pytest.MonkeyPatch) -> list[asyncio.Event]:
    """The scheduler's own clock is left alone: a test says when the daily harvest is due."""
    events: list[asyncio.Event] = []
    original = Schedule._scheduler

    def scheduler(schedule: Schedule, due: asyncio.Event) -> Any:
        events.append(due)
        return original(schedule, due)

    monkeypatch.setattr(Schedule, "_scheduler", scheduler)
    return events


def _app_of(service: str, sections: dict[str, dict[str, Any]]) -> FastAPI:
    settings = importlib.import_module(f"services.{service}.settings").Settings
    values = {name: section for name, section in sections.items() if name in settings.model_fields}
    app: FastAPI = importlib.import_module(f"services.{service}.app").create_app(settings.model_validate(values))
    return app


async def _is_ready(app: FastAPI) -> bool:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http:
        return (await http.get("/health/ready")).status_code == 200
