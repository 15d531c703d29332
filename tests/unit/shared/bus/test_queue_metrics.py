"""What the server says of a consumer, as gauges."""

from datetime import UTC, datetime

from nats.js.api import ConsumerConfig, ConsumerInfo
from prometheus_client import CollectorRegistry

from shared.bus.queue_metrics import QueueMetrics
from shared.bus.streams import consumer_for
from shared.contracts import STREAM, PapersNew


def test_a_queue_is_told_by_its_name() -> None:
    registry, consumer = CollectorRegistry(), consumer_for("embedder", PapersNew)
    config = ConsumerConfig(durable_name=consumer.durable)
    created = datetime(2026, 11, 22, tzinfo=UTC)
    info = ConsumerInfo(consumer.durable, STREAM, config, created, num_pending=7, num_ack_pending=2)
    QueueMetrics(registry).observe(consumer, info)
    names = ("waiting", "unfinished", "redelivered")
    queue = {"queue": "embedder-papers-new"}
    assert [registry.get_sample_value(f"papersys_queue_{name}", queue) for name in names] == [7, 2, 0]
