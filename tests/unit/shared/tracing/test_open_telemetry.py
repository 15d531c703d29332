"""OpenTelemetry's spans: below whom they are, of which trace, sampled as a whole, and sent."""

import time
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.errors import SettingsError
from shared.settings.sections.tracing import TracingSettings
from shared.tracing.open_telemetry import OpenTelemetryTracer, trace_id_of
from shared.tracing.opening import open_tracer
from tests.support.bus.ports import free_port
from tests.support.outside.otlp_collector import otlp_collector


class Traced:
    """A service's tracer and what it sent."""

    def __init__(self, service: str, sample: float = 1.0) -> None:
        self.exporter = InMemorySpanExporter()
        self.tracer = OpenTelemetryTracer(service, "1", sample, self.exporter)

    def sent(self) -> list[ReadableSpan]:
        self.tracer._provider.force_flush()
        return list(self.exporter.get_finished_spans())


@pytest.fixture
def ranker() -> Iterator[Traced]:
    traced = Traced("ranker")
    yield traced
    traced.tracer.close()


def test_all_spans_of_a_run_are_of_its_trace_though_nothing_connects_them(ranker: Traced) -> None:
    for _ in range(2):
        with ranker.tracer.span("publish papers.selected", "producer", run_id="run-1"):
            pass
    first, second = ranker.sent()
    assert first.context.trace_id == second.context.trace_id == trace_id_of("run-1")
    assert first.context.span_id != second.context.span_id
    assert first.parent is None


def test_without_a_run_each_has_a_trace_of_its_own(ranker: Traced) -> None:
    for _ in range(2):
        with ranker.tracer.span("ask fetcher.lookup", "client"):
            pass
    assert len({span.context.trace_id for span in ranker.sent()}) == 2


def test_a_span_goes_below_the_one_whose_headers_the_message_carries(ranker: Traced) -> None:
    embedder = Traced("embedder")
    with embedder.tracer.span("publish embeddings.ready", "producer", run_id="run-1"):
        headers = embedder.tracer.headers()
    with ranker.tracer.span("handle embeddings.ready", "consumer", caller=headers, run_id="run-1"):
        pass
    (published,), (handled,) = embedder.sent(), ranker.sent()
    assert handled.parent is not None
    assert (handled.parent.span_id, handled.context.trace_id) == (
        published.context.span_id,
        published.context.trace_id,
    )


@pytest.mark.parametrize("headers", [{}, {"traceparent": "nonsense"}, {"traceparent": "00-" + "0" * 32 + "-x-01"}])
def test_headers_of_strangers_that_make_no_sense_are_passed_over(ranker: Traced, headers: dict[str, str]) -> None:
    with ranker.tracer.span("handle papers.new", "consumer", caller=headers):
        pass
    assert ranker.sent()[0].parent is None


def test_an_error_is_recorded_and_passes(ranker: Traced) -> None:
    with pytest.raises(ValueError, match="no"), ranker.tracer.span("handle papers.new"):
        raise ValueError("no")
    (span,) = ranker.sent()
    assert (span.status.is_ok, span.events[0].name) == (False, "exception")


def test_a_run_is_sampled_as_a_whole_and_alike_in_every_service() -> None:
    services = [Traced(name, 0.3) for name in ("embedder", "ranker")]
    for number in range(200):
        for traced in services:
            with traced.tracer.span("handle", run_id=f"run-{number}"):
                pass
    first, second = ([span.context.trace_id for span in traced.sent()] for traced in services)
    assert first == second
    assert 30 < len(first) < 90


def test_spans_are_sent_by_otlp_with_the_authorization_of_the_settings(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    secret = tmp_path_factory.mktemp("secret") / "authorization"
    secret.write_text("Bearer secret-token")
    with otlp_collector() as collector:
        tracer = open_tracer(TracingSettings(endpoint=collector.address, authorization_file=secret), "fetcher")
        with tracer.span("publish papers.new", "producer", {"papersys.paper_ids": ["2403.12345"]}, run_id="run-1"):
            pass
        tracer.close()
    (span,) = collector.spans
    assert (span.service, span.name, span.trace_id) == (
        "papersys-fetcher",
        "publish papers.new",
        f"{trace_id_of('run-1'):032x}",
    )
    assert span.facts["papersys.paper_ids"] == ["2403.12345"]
    assert collector.authorizations == ["Bearer secret-token"]


@pytest.mark.proof
def test_a_collector_that_is_away_delays_nobody() -> None:
    tracer = open_tracer(TracingSettings(endpoint=f"http://127.0.0.1:{free_port()}"), "fetcher")
    started = time.monotonic()
    with tracer.span("publish papers.new", "producer"):
        pass
    assert time.monotonic() - started < 5
    tracer.close()
    assert time.monotonic() - started < 30


def test_an_authorization_file_that_is_missing_is_an_error_of_the_settings(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    missing = tmp_path_factory.mktemp("none") / "authorization"
    with pytest.raises(SettingsError, match="authorization_file"):
        open_tracer(TracingSettings(endpoint="http://127.0.0.1:4318", authorization_file=missing), "fetcher")
