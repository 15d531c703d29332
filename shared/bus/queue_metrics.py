"""Metrics of a service's queues, as its watch over the connection to NATS finds them."""

import contextlib

from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo
from nats.js.errors import NotFoundError
from prometheus_client import CollectorRegistry, Counter, Gauge

from shared.bus.delivery.dead_letters import DeadLetters
from shared.bus.streams import Consumer


class QueueMetrics:
    """Gauges keep the last known state while NATS is away; `papersys_problem{check="bus"}` says so."""

    def __init__(self, registry: CollectorRegistry) -> None:
        queue = ["queue"]
        self._waiting = Gauge("papersys_queue_waiting", "Events not delivered yet", queue, registry=registry)
        self._unfinished = Gauge(
            "papersys_queue_unfinished", "Events being handled or retried", queue, registry=registry
        )
        self._redelivered = Gauge("papersys_queue_redelivered", "Unfinished, more than once", queue, registry=registry)
        self._dead = Gauge("papersys_dead_letters", "Failed jobs that wait for a person", registry=registry)
        self._connections = Counter("papersys_bus_connections", "Connections made to NATS", registry=registry)

    def connected(self) -> None:
        self._connections.inc()

    def observe(self, consumer: Consumer, info: ConsumerInfo) -> None:
        """What the server says of a consumer."""
        self._waiting.labels(consumer.durable).set(info.num_pending or 0)
        self._unfinished.labels(consumer.durable).set(info.num_ack_pending or 0)
        self._redelivered.labels(consumer.durable).set(info.num_redelivered or 0)

    async def count_dead_letters(self, js: JetStreamContext) -> None:
        """Those of every service: each tells the same number."""
        with contextlib.suppress(NotFoundError):
            self._dead.set(await DeadLetters(js).count())
