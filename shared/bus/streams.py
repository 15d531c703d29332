"""The streams and durable consumers, as values, and the code that makes the server agree with them.

A changed config of an existing durable is ignored by clients, and a deleted one starves its reader in silence; so both
are reconciled at start and watched afterwards.
"""

import logging
from dataclasses import dataclass

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from shared.contracts import (
    EVENTS,
    STREAM,
    EmbeddingsReady,
    Event,
    FeedbackLabel,
    PapersNew,
    PapersSelected,
    SummariesReady,
)

log = logging.getLogger(__name__)

DEAD_STREAM = "PAPERSYS_DEAD"
DEAD_PREFIX = "dead"
ATTEMPTS_STREAM = "PAPERSYS_ATTEMPTS"
ATTEMPTS_PREFIX = "attempts"
_DAY_SECONDS = 86_400.0
_EVENT_DAYS = 90
_DUPLICATE_WINDOW_SECONDS = 3_600.0
_MAX_ACK_PENDING = 200


@dataclass(frozen=True)
class Consumer:
    """One service's reading of one event; `batch` handlers run at once."""

    service: str
    event: type[Event]
    batch: int = 1

    @property
    def durable(self) -> str:
        return f"{self.service}-{self.event.subject.replace('.', '-')}"


CONSUMERS: tuple[Consumer, ...] = (
    Consumer("embedder", PapersNew, batch=4),
    Consumer("ranker", EmbeddingsReady, batch=4),
    Consumer("summarizer", EmbeddingsReady),
    Consumer("summarizer", PapersSelected, batch=2),
    Consumer("publisher", SummariesReady, batch=4),
    Consumer("feedback", FeedbackLabel, batch=4),
    Consumer("ranker", FeedbackLabel, batch=4),
)


def consumer_for(service: str, event: type[Event]) -> Consumer:
    """The declared consumer. Raises KeyError where a service reads what it did not declare."""
    for consumer in CONSUMERS:
        if consumer.service == service and consumer.event is event:
            return consumer
    raise KeyError(f"{service} is not declared as a reader of {event.subject} in shared/bus/streams.py")


def stream_configs(replicas: int = 1) -> tuple[StreamConfig, ...]:
    """The event stream, the dead letters, and the records of attempts; of the latter two, one a subject: the newest.

    `replicas` servers of a cluster keep each.
    """
    events = StreamConfig(
        name=STREAM,
        subjects=[event.subject for event in EVENTS],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        num_replicas=replicas,
        max_age=_EVENT_DAYS * _DAY_SECONDS,
        max_bytes=2 * 1024**3,
        duplicate_window=_DUPLICATE_WINDOW_SECONDS,
    )
    dead = StreamConfig(
        name=DEAD_STREAM,
        subjects=[f"{DEAD_PREFIX}.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        num_replicas=replicas,
        max_msgs_per_subject=1,
        max_bytes=512 * 1024**2,
        duplicate_window=1.0,
    )
    attempts = StreamConfig(
        name=ATTEMPTS_STREAM,
        subjects=[f"{ATTEMPTS_PREFIX}.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        num_replicas=replicas,
        max_msgs_per_subject=1,
        max_age=_EVENT_DAYS * _DAY_SECONDS,
        max_bytes=64 * 1024**2,
        duplicate_window=1.0,
    )
    return events, dead, attempts


def consumer_config(consumer: Consumer, ack_wait_seconds: float) -> ConsumerConfig:
    """Explicit acks and no delivery limit on the server: our own code counts, so a last failure leaves a letter."""
    return ConsumerConfig(
        name=consumer.durable,
        durable_name=consumer.durable,
        filter_subject=consumer.event.subject,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ack_wait_seconds,
        max_deliver=-1,
        max_ack_pending=_MAX_ACK_PENDING,
    )


async def reconcile(
    js: JetStreamContext, ack_wait_seconds: float, *, service: str | None = None, replicas: int = 1
) -> list[str]:
    """Make streams and consumers what this code declares; returns what was changed, one line each.

    With `service`, only that service's consumers are looked at. Consumers are kept by as many servers as their stream.
    """
    changes = [change for config in stream_configs(replicas) if (change := await reconcile_stream(js, config))]
    for consumer in CONSUMERS:
        if service in (None, consumer.service):
            change = await _reconcile_consumer(js, consumer_config(consumer, ack_wait_seconds))
            changes += [change] if change else []
    for change in changes:
        log.info(change, extra={"action": "bus_reconciled"})
    return changes


async def reconcile_stream(js: JetStreamContext, wanted: StreamConfig) -> str | None:
    """Make a stream what is wanted; what was changed, None where it is so already."""
    try:
        present = (await js.stream_info(str(wanted.name))).config
    except NotFoundError:
        await js.add_stream(wanted)
        return f"Made stream {wanted.name}."
    fields = ("subjects", "max_age", "max_bytes", "max_msgs_per_subject", "duplicate_window", "num_replicas")
    if all(_same(getattr(present, name), getattr(wanted, name)) for name in fields):
        return None
    await js.update_stream(wanted)
    return f"Brought stream {wanted.name} up to today's configuration."


async def _reconcile_consumer(js: JetStreamContext, wanted: ConsumerConfig) -> str | None:
    name = str(wanted.durable_name)
    try:
        present = (await js.consumer_info(STREAM, name)).config
    except NotFoundError:
        await js.add_consumer(STREAM, wanted)
        return f"Made consumer {name}."
    fields = ("filter_subject", "ack_wait", "max_deliver", "max_ack_pending")
    if all(_same(getattr(present, field), getattr(wanted, field)) for field in fields):
        return None
    await js.add_consumer(STREAM, wanted)
    return f"Brought consumer {name} up to today's configuration."


def _same(present: object, wanted: object) -> bool:
    if wanted is None:
        return True
    if isinstance(present, float | int) and isinstance(wanted, float | int):
        return abs(present - wanted) < 1e-6
    return present == wanted
