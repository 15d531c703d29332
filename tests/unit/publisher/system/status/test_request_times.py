"""The reader's times by kind of page."""

from fastapi import FastAPI, Response
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry

from services.publisher.system.status.request_times import RequestTimes, reader_seconds


def test_pages_are_counted_by_pattern_and_outcome_and_never_by_address() -> None:
    registry, app = CollectorRegistry(), FastAPI()
    app.add_middleware(RequestTimes, seconds=reader_seconds(registry))

    @app.get("/paper/{paper_id}")
    async def paper(paper_id: str) -> Response:
        return Response(status_code=404 if paper_id == "none" else 200)

    with TestClient(app) as client:
        for path in ("/paper/2403.12345", "/paper/2403.12346", "/paper/none", "/static/reader.css", "/wp-admin"):
            client.get(path)

    def count(page: str, status: str) -> float | None:
        return registry.get_sample_value("papersys_reader_seconds_count", {"page": page, "status": status})

    assert (count("/paper/{paper_id}", "2xx"), count("/paper/{paper_id}", "4xx")) == (2, 1)
    assert (count("/static", "4xx"), count("other", "4xx")) == (1, 1)
    assert count("/paper/2403.12345", "2xx") is None
