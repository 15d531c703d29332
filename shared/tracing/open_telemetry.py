"""Spans by OpenTelemetry's SDK, sent in batches by OTLP over HTTP. Imported only where an endpoint is set.

All spans of a harvest share one trace, whatever happens between them: its id is made of the run's. So a trace lasts
over timers, restarts and queues, and is sampled as a whole.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.tracing.spans import Facts, Kind

_KINDS: dict[Kind, trace.SpanKind] = {
    "internal": trace.SpanKind.INTERNAL,
    "producer": trace.SpanKind.PRODUCER,
    "consumer": trace.SpanKind.CONSUMER,
    "client": trace.SpanKind.CLIENT,
    "server": trace.SpanKind.SERVER,
}
_SEND_SECONDS = 5.0
_BATCH_MILLISECONDS = 2_000
_PATH = "/v1/traces"

_run: ContextVar[str | None] = ContextVar("run", default=None)


class RunIds(RandomIdGenerator):
    """Random ids, but the trace of a run: it has the same id in every process."""

    def generate_trace_id(self) -> int:
        run_id = _run.get()
        return super().generate_trace_id() if run_id is None else trace_id_of(run_id)


def trace_id_of(run_id: str) -> int:
    """128 bits that look random and are a run's own."""
    return int.from_bytes(hashlib.sha256(run_id.encode()).digest()[:16], "big") or 1


class OpenTelemetryTracer:
    """One service's spans; the process's global tracer provider is left alone."""

    def __init__(self, service: str, version: str, sample: float, exporter: SpanExporter) -> None:
        resource = Resource.create({"service.name": f"papersys-{service}", "service.version": version})
        self._provider = TracerProvider(
            resource=resource,
            sampler=ParentBased(TraceIdRatioBased(sample)),
            id_generator=RunIds(),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=_BATCH_MILLISECONDS))
        self._tracer = self._provider.get_tracer("papersys", version)
        self._propagator = TraceContextTextMapPropagator()

    @contextlib.contextmanager
    def span(
        self,
        name: str,
        kind: Kind = "internal",
        facts: Facts | None = None,
        *,
        caller: Mapping[str, str] | None = None,
        run_id: str | None = None,
    ) -> Iterator[None]:
        context = None
        if caller is not None and not trace.get_current_span().get_span_context().is_valid:
            context = self._propagator.extract(caller)
        started = self._started(name, kind, facts, context, run_id)
        with trace.use_span(started, end_on_exit=True, record_exception=True, set_status_on_exception=True):
            yield

    def _started(
        self, name: str, kind: Kind, facts: Facts | None, context: Context | None, run_id: str | None
    ) -> trace.Span:
        token = _run.set(run_id)
        try:
            return self._tracer.start_span(name, context, _KINDS[kind], facts)
        finally:
            _run.reset(token)

    def headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        self._propagator.inject(headers)
        return headers

    def close(self) -> None:
        self._provider.shutdown()


def open_exporter(endpoint: str, authorization: str | None) -> SpanExporter:
    """To a collector's address, with or without the path of traces."""
    address = endpoint if endpoint.endswith(_PATH) else f"{endpoint.rstrip('/')}{_PATH}"
    headers = {"Authorization": authorization} if authorization else None
    return OTLPSpanExporter(address, headers=headers, timeout=_SEND_SECONDS)
