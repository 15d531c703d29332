"""Health pages: problems make a service wait, notes do not."""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry

from shared.service.health import health_router


def page(problem: str | None, note: str | None) -> tuple[int, dict[str, object]]:
    app = FastAPI()
    app.include_router(health_router("x", {"bus": lambda: problem}, CollectorRegistry(), {"converters": lambda: note}))
    with TestClient(app) as client:
        answer = client.get("/health/ready")
    return answer.status_code, answer.json()


def test_a_note_is_shown_and_the_service_is_ready() -> None:
    status, body = page(None, "LaTeXML is not used")
    assert (status, body["status"], body["notes"]) == (200, "ready", {"converters": "LaTeXML is not used"})


def test_without_a_note_the_page_is_as_it_was() -> None:
    assert page(None, None) == (200, {"service": "x", "status": "ready", "problems": {}})
    assert page("away", None) == (503, {"service": "x", "status": "waiting", "problems": {"bus": "away"}})
