"""Spans as the code sees them, and that without an endpoint there is nothing of them."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from shared.contracts import Encode, PapersNew
from shared.settings.sections.tracing import TracingSettings
from shared.tracing.opening import open_tracer
from shared.tracing.spans import NO_TRACER, Facts, Kind, facts_of, span, traced_by


class NotingTracer:
    """Keeps the names and facts of its spans."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Facts]] = []

    @contextmanager
    def span(
        self,
        name: str,
        kind: Kind = "internal",
        facts: Facts | None = None,
        *,
        caller: Mapping[str, str] | None = None,
        run_id: str | None = None,
    ) -> Iterator[None]:
        self.spans.append((name, facts or {}))
        yield

    def headers(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        """Nothing is left."""


def test_a_span_is_of_the_tracer_at_work_and_else_of_none() -> None:
    tracer = NotingTracer()
    with span("before"), traced_by(tracer), span("read paper", paper_id="2403.12345", run_id=None):
        pass
    with span("after"):
        pass
    assert tracer.spans == [("read paper", {"papersys.paper_id": "2403.12345"})]


def test_an_event_tells_its_run_and_papers_and_not_for_whom() -> None:
    one = PapersNew(paper_ids=("2403.12345",), run_id="run-1", event_id="e1", user="mira")
    facts: dict[str, Any] = {"messaging.system": "nats", "messaging.destination.name": "papers.new"}
    facts |= {"papersys.event_id": "e1", "papersys.run_id": "run-1", "papersys.paper_id": "2403.12345"}
    assert facts_of(one, "papers.new") == facts
    many = PapersNew(paper_ids=tuple(f"2403.{number:05d}" for number in range(1, 101)))
    told = facts_of(many, "papers.new")
    assert (len(told["papersys.paper_ids"]), told["papersys.papers"]) == (50, 100)


def test_a_request_does_not_tell_what_was_asked() -> None:
    assert "attention" not in str(facts_of(Encode(texts=("attention is all you need",)), "embedder.encode"))


@pytest.mark.proof
def test_without_an_endpoint_the_sdk_of_opentelemetry_is_not_imported() -> None:
    assert open_tracer(TracingSettings(), "ranker") is NO_TRACER
    code = (
        "import sys, shared.bus.bus, shared.settings.settings as s, shared.tracing.opening as o;"
        "o.open_tracer(s.TracingSettings(), 'ranker');"
        "assert not [m for m in sys.modules if m.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
