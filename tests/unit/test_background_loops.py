"""Every loop of every service that dies is said by that service's health page, and starts again."""

import importlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.bus.ports import free_port
from tests.support.checks.waiting import eventually
from tests.support.papers.embedder import CountingEncoder

LOOPS = [
    ("ranker", "services.ranker.models.refitting.Learner.watch", "learning"),
    ("ranker", "services.ranker.selection.daily.DailySelection.keep_time", "the day's selection"),
    ("ranker", "services.ranker.seeds.seeds.Seeds.keep_asking", "vectors of seeds"),
    ("ranker", "services.ranker.search.index.updater.IndexUpdater.keep", "search index"),
    ("fetcher", "services.fetcher.announcing.announcer.Announcer.run", "announcements"),
    ("fetcher", "services.fetcher.scheduling.schedule.Schedule.run", "harvests"),
    ("ranker", "shared.bus.bus.NatsBus._live", "the connection to NATS"),
    ("embedder", "services.embedder.models.keep_embedding_missing", "the backlog of minilm"),
    ("summarizer", "services.summarizer.links.indexed_papers.IndexedPapers.catch_up", "reading"),
    ("publisher", "services.publisher.serving.ReaderServer.ended", "the reader"),
    ("feedback", "services.feedback.lookups.Lookups.run", "metadata of rated papers"),
    ("feedback", "services.feedback.giscus.polling.ReactionPolling.run", "reactions on published papers"),
]


@pytest.mark.parametrize(("service", "method", "loop"), LOOPS, ids=[loop for _, _, loop in LOOPS])
async def test_a_loop_that_dies_is_said_by_readiness_and_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str, method: str, loop: str
) -> None:
    starts: list[int] = []

    async def die(*values: object, **named: object) -> None:
        starts.append(1)
        raise RuntimeError("a second damage")

    monkeypatch.setattr(method, die)
    monkeypatch.setattr("services.embedder.models.open_encoder", lambda *values: CountingEncoder(384))
    settings_class = importlib.import_module(f"services.{service}.settings").Settings
    app = importlib.import_module(f"services.{service}.app").create_app(settings_class.model_validate(asked(tmp_path)))
    async with app.router.lifespan_context(app), client(app) as health:

        async def says() -> bool:
            answer = await health.get("/health/ready")
            problems = answer.json()["problems"]
            problem = problems.get("bus" if method.startswith("shared.bus") else "background", "")
            return answer.status_code == 503 and f"{loop} stopped (RuntimeError: a second damage)" in problem

        await eventually(says)
        await eventually(lambda: len(starts) >= 2)
        assert (await health.get("/health/live")).status_code == 200


def asked(folder: Path) -> dict[str, Any]:
    """Settings with nothing around: no NATS, no arXiv."""
    return {
        "data": {"path": folder, "min_free_mb": 0},
        "bus": {"port": free_port(), "stop_seconds": 1},
        "publisher": {"port": free_port()},
        "fetcher": {"harvest_on_start": False},
        "giscus": {"repo": "ada/papers"},
    }


def client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1")
