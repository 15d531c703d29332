"""Spans of real services, as a real collector receives them."""

from pathlib import Path

import pytest

from shared.bus.connections import publish
from shared.contracts import FeedbackLabel
from shared.tracing.open_telemetry import trace_id_of
from tests.support.bus.nats import nats_server
from tests.support.bus.ports import free_port
from tests.support.checks.waiting import eventually
from tests.support.outside.otlp_collector import otlp_collector
from tests.support.processes.service_process import service_process


@pytest.mark.proof
async def test_a_rating_is_traced_through_feedback_and_fetcher(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    arxiv = {"PAPERSYS_FETCHER__ARXIV_URL": nobody, "PAPERSYS_FETCHER__OAI_URL": f"{nobody}/oai"}
    arxiv |= {"PAPERSYS_FETCHER__PATIENCE_SECONDS": "1", "PAPERSYS_FETCHER__FAILURE_WAITS_SECONDS": "[0.1]"}
    arxiv |= {"PAPERSYS_FETCHER__HARVEST_ON_START": "false"}
    data = tmp_path / "data"
    with nats_server(tmp_path / "nats") as server, otlp_collector() as collector:
        traced = {"PAPERSYS_TRACING__ENDPOINT": collector.address, **arxiv}
        with (
            service_process("feedback", data, server, **traced) as feedback,
            service_process("fetcher", data, server, **traced) as fetcher,
        ):
            await feedback.ready()
            await fetcher.ready()
            await publish(server.settings, FeedbackLabel(paper_ids=("2403.12345",), label="like", run_id="run-1"))
            await eventually(lambda: collector.named("fetcher", "answer fetcher.lookup"))
            await eventually(lambda: collector.named("feedback", "ask fetcher.lookup"))

    (handled,) = collector.named("feedback", "handle feedback.label")
    assert handled.trace_id == f"{trace_id_of('run-1'):032x}"
    assert (handled.facts["papersys.run_id"], handled.facts["papersys.paper_id"]) == ("run-1", "2403.12345")
    asked = {span.span_id: span for span in collector.named("feedback", "ask fetcher.lookup")}
    answered = collector.named("fetcher", "answer fetcher.lookup")[0]
    assert answered.trace_id == asked[answered.parent_id].trace_id
    assert asked[answered.parent_id].facts["papersys.paper_id"] == "2403.12345"
