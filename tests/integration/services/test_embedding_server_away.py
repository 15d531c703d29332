"""An embedding server that is at fault, on a real nats-server: papers wait, readiness says so, nothing is lost."""

import functools
from pathlib import Path

import httpx
import pytest

from services.embedder.app import create_app
from services.embedder.encoding.encoding_queue import EncodingThread
from services.embedder.settings import Settings
from shared.bus.bus import NatsBus
from shared.contracts import Encode, PapersNew
from shared.errors import RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.backlog import Backlog
from shared.store.vectors.embeddings import VectorStore
from tests.integration.bus.test_bus import all_acked, bare_client, letters, running
from tests.support.bus.nats import NatsServer, nats_server
from tests.support.checks.waiting import eventually
from tests.support.llm.embedding_server import EmbeddingServer, embedding_server
from tests.support.papers.embedder import paper

IDS = tuple(f"2401.{number:05}" for number in range(1, 21))
ATTEMPTS = 3


def settings(folder: Path, server: NatsServer, model: EmbeddingServer) -> Settings:
    table = {"backend": "openai", "name": "words", "dimension": 3, "base_url": model.base_url}
    return Settings.model_validate(
        {
            "data": {"path": folder, "min_free_mb": 0},
            "bus": server.settings,
            "embedding": {"model": "words", "models": {"words": table}},
            "embedder": {"backlog_minutes": 0.001},
        }
    )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    patient = functools.partial(EncodingThread, load_again_seconds=0.02)
    monkeypatch.setattr("services.embedder.models.EncodingThread", patient)
    monkeypatch.setattr("services.embedder.backends.openai._WAIT_SECONDS", 0.02)
    monkeypatch.setattr("services.embedder.papers.gaps._AFTER_A_FAILURE_SECONDS", 0.02)


_IN_SHORT = {("at start", 401), ("at start", 503), ("at work", 404), ("at work", 302), ("at work", 500)}


@pytest.mark.proof
@pytest.mark.parametrize(
    ("when", "status"),
    [
        pytest.param(when, status, marks=() if (when, status) in _IN_SHORT else pytest.mark.slow)
        for when in ("at start", "at work")
        for status in (401, 403, 404, 500, 503, 400, 302)
    ],
)
async def test_while_the_server_refuses_everything_papers_wait_and_nothing_is_lost(
    tmp_path: Path, quick: None, status: int, when: str
) -> None:
    data = DataFolder(tmp_path / "data", 0)
    with (
        embedding_server("red", "blue") as model,
        nats_server(tmp_path / "nats", retry_delays_seconds=(0.02,) * 2) as server,
    ):
        app = create_app(settings(data.root, server, model))
        asking = NatsBus(server.settings, "ranker")
        if when == "at start":
            model.refuses_with = status
        async with app.router.lifespan_context(app), running(asking), bare_client(server) as js, health(app) as pages:
            if when == "at work":
                await eventually(lambda: is_ready(pages))
                model.refuses_with = status
            MetadataStore(data).put([paper(paper_id, abstract=f"red {paper_id}") for paper_id in IDS])
            await asking.publish(PapersNew(paper_ids=IDS, run_id="run-1", last=True, run_size=len(IDS)))
            await eventually(lambda: problem_of(pages, "model", f"answered {status}"))
            asked = model.asked
            await eventually(lambda: model.asked > asked + 10 * ATTEMPTS, 60)
            with pytest.raises(RequestFailed, match=f"answered {status}") as told:
                await asking.ask(Encode(texts=("red",)))
            assert told.value.retry_in_seconds
            assert await letters(server) == []
            assert [row for row in Backlog(data).all() if row.missing_reason == "failed"] == []
            model.refuses_with = None
            await eventually(lambda: VectorStore(data, "words").count() == len(IDS))
            await eventually(lambda: all_acked(js, "embedder-papers-new"))
            await eventually(lambda: is_ready(pages))
            assert await letters(server) == []


def health(app: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1")  # type: ignore[arg-type]


async def is_ready(pages: httpx.AsyncClient) -> bool:
    return (await pages.get("/health/ready")).status_code == 200


async def problem_of(pages: httpx.AsyncClient, check: str, words: str) -> bool:
    return words in (await pages.get("/health/ready")).json()["problems"].get(check, "")
