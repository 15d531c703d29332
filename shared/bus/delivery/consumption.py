"""One message of a consumer, from its delivery to its end: parsed, handled, and acked, asked for again or buried."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import TypeVar

import nats.errors
from faststream.nats.annotations import NatsMessage
from nats.js import JetStreamContext
from prometheus_client import CollectorRegistry, Counter, Histogram
from pydantic import ValidationError

from shared.bus.delivery.attempts import AttemptLog, Attempts
from shared.bus.delivery.dead_letters import DeadLetter, DeadLetters, letter_for, malformed_letter, parse_reason
from shared.bus.delivery.disposition import Disposition, Policy, decide, is_poison
from shared.contracts import Event
from shared.errors import PapersysError, PermanentFailure, RequestFailed, TemporaryFailure, reason
from shared.text.safe.json_text import parse_json
from shared.tracing.spans import NO_TRACER, Tracer, facts_of, traced_by

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)
EventHandler = Callable[[E], Awaitable[None]]

_LONGEST_ID = 200
_BUCKETS = (0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
"""Seconds: a handler stores a rating in milliseconds, and reads a paper with a slow model in many minutes."""
_SERVER_AWAY = (nats.errors.Error, TimeoutError, TemporaryFailure)


class Consumption:
    """How one service consumes messages. `jetstream` gives the context of the connection there is now."""

    def __init__(
        self,
        service: str,
        policy: Policy,
        ack_wait_seconds: float,
        jetstream: Callable[[], JetStreamContext],
        registry: CollectorRegistry,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        self._tracer = tracer
        self._service = service
        self._policy = policy
        self._ack_wait_seconds = ack_wait_seconds
        self._jetstream = jetstream
        self._attempts = AttemptLog(jetstream)
        self._handled = Counter("papersys_events", "Events handled", ["subject", "outcome"], registry=registry)
        self._papers = Counter("papersys_papers", "Papers of events that were handled", ["subject"], registry=registry)
        self._seconds = Histogram(
            "papersys_event_seconds", "Time in handlers", ["subject"], buckets=_BUCKETS, registry=registry
        )

    async def handle(self, message: NatsMessage, event_class: type[E], handler: EventHandler[E]) -> None:
        """Hand the event to `handler` and settle the message by what it raises. Never raises."""
        try:
            event = read_event(message, event_class)
        except Exception as error:
            await self._refuse(message, event_class.subject, error)
            return
        try:
            await self._handle(message, event, handler)
        except _SERVER_AWAY as lost:
            facts = {"action": "unsettled", "event_id": event.event_id}
            log.warning("Could not settle %s, it will come again: %s", event.subject, reason(lost), extra=facts)
        except Exception:
            facts = {"action": "unsettled", "event_id": event.event_id}
            log.exception("Could not settle %s, it will come again.", event.subject, extra=facts)

    async def _handle(self, message: NatsMessage, event: E, handler: EventHandler[E]) -> None:
        attempts = await self._attempts.begin(message.raw_message)
        if is_poison(attempts.unfinished):
            why = f"The service died or hung on each of {attempts.unfinished - 1} deliveries of this message."
            await self._settle(message, event, PermanentFailure(why), attempts)
            return
        started = time.monotonic()
        error: Exception | None = None
        beat = asyncio.create_task(self._heartbeat(message))
        try:
            with traced_by(self._tracer), self._span(message, event):
                await handler(event)
        except Exception as failure:
            error = failure
        finally:
            beat.cancel()
        self._seconds.labels(event.subject).observe(time.monotonic() - started)
        await self._settle(message, event, error, attempts)

    def _span(self, message: NatsMessage, event: Event) -> AbstractContextManager[None]:
        name, facts = f"handle {event.subject}", facts_of(event, event.subject)
        return self._tracer.span(name, "consumer", facts, caller=message.headers, run_id=event.run_id)

    async def _refuse(self, message: NatsMessage, subject: str, error: Exception) -> None:
        """End a message that is no event: it becomes a dead letter, or at worst a line in the log."""
        why = f"Not a valid event: {_why_unreadable(error)}"
        log.error("Malformed %s: %s", subject, why, extra={"action": "dead_letter"})
        self._handled.labels(subject, "malformed").inc()
        try:
            sequence = message.raw_message.metadata.sequence.stream
            await self._bury(malformed_letter(self._service, subject, sequence, message.body, why))
            await message.reject()
        except _SERVER_AWAY as lost:
            log.warning("Could not settle a malformed %s: %s", subject, reason(lost), extra={"action": "unsettled"})

    async def _settle(self, message: NatsMessage, event: Event, error: Exception | None, attempts: Attempts) -> None:
        """Ack, ask for another delivery, or bury. Raises what says that the server is gone: it will deliver again."""
        disposition = decide(error, attempts.failed + 1, self._policy)
        await self._write_letters(event, disposition, attempts, error)
        if disposition.retry_in_seconds is not None:
            await self._ask_again(message, event, disposition, attempts, error)
        else:
            await (message.reject() if disposition.dead else message.ack())
            await self._attempts.forget(message.raw_message, attempts)
        self._handled.labels(event.subject, _outcome(disposition)).inc()
        if disposition.retry_in_seconds is None and not disposition.dead:
            self._papers.labels(event.subject).inc(len(getattr(event, "paper_ids", ())))

    async def _write_letters(
        self, event: Event, disposition: Disposition, attempts: Attempts, error: Exception | None
    ) -> None:
        """A paper that has its letter already, while others of its message wait, gets no second one."""
        for paper_id, why in disposition.dead.items():
            if paper_id in attempts.buried:
                continue
            facts = {"action": "dead_letter", "paper_id": paper_id, "event_id": event.event_id}
            log.error("Gave up on %s: %s", event.subject, why, extra=facts, exc_info=_unexpected(error))
            await self._bury(letter_for(self._service, event, paper_id, why, attempts.failed + 1))

    async def _ask_again(
        self, message: NatsMessage, event: Event, disposition: Disposition, attempts: Attempts, error: Exception | None
    ) -> None:
        facts = {"action": "retry" if disposition.is_attempt else "wait", "event_id": event.event_id}
        why = reason(error) if error else ""
        log.warning(
            "Will retry %s in %.3g s (%d failed attempts so far): %s",
            event.subject,
            disposition.retry_in_seconds,
            attempts.ended(disposition).failed,
            why,
            extra={**facts, "attempt": attempts.failed + 1},
        )
        await self._attempts.keep(message.raw_message, attempts.ended(disposition))
        await message.nack(delay=disposition.retry_in_seconds)

    async def _bury(self, letter: DeadLetter) -> None:
        """Store a letter; one that the server will never take stands in the log alone."""
        try:
            await DeadLetters(self._jetstream()).put(letter)
        except (nats.errors.MaxPayloadError, nats.errors.BadSubjectError, ValueError) as error:
            facts = {"action": "dead_letter_lost", "event_id": letter.event_id, "paper_id": letter.paper_id}
            log.error("A dead letter could not be stored (%s): %s", reason(error), letter.reason, extra=facts)

    async def _heartbeat(self, message: NatsMessage) -> None:
        """Tell the server that work goes on, so that it does not start the message again beside it."""
        while True:
            await asyncio.sleep(self._ack_wait_seconds / 3)
            with contextlib.suppress(Exception):
                await message.in_progress()


def read_event(message: NatsMessage, event_class: type[E]) -> E:
    """The event in a message. One typed by hand gets an id that stays the same at redelivery. Raises ValueError."""
    content = parse_json(message.body)
    if not isinstance(content, dict):
        raise ValueError("a JSON object is needed")
    metadata = message.raw_message.metadata
    stamp = int(metadata.timestamp.timestamp())
    content.setdefault("event_id", _id_in_headers(message) or f"hand-{metadata.sequence.stream}-{stamp}")
    content.setdefault("occurred_at", metadata.timestamp)
    return event_class.model_validate(content)


def _id_in_headers(message: NatsMessage) -> str | None:
    """The id that whoever published a message gave it, where it can serve as one."""
    given = (message.raw_message.headers or {}).get("Nats-Msg-Id")
    return given if given and len(given) <= _LONGEST_ID and given.isprintable() else None


def _why_unreadable(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return parse_reason(error)
    return str(error) if isinstance(error, ValueError) else reason(error)


def _outcome(disposition: Disposition) -> str:
    if disposition.retry_in_seconds is not None:
        return "retry" if disposition.is_attempt else "wait"
    return "dead" if disposition.dead else "done"


def _unexpected(error: Exception | None) -> Exception | None:
    """The error whose traceback belongs in the log: one that nobody foresaw."""
    return None if error is None or isinstance(error, PapersysError | RequestFailed) else error
