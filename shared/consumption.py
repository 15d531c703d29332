"""One message of a consumer, from its delivery to its end: parsed, handled, and acked, asked for again or buried."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import nats.errors
from faststream.nats.annotations import NatsMessage
from nats.js import JetStreamContext
from prometheus_client import CollectorRegistry, Counter, Histogram
from pydantic import ValidationError

from shared.contracts import Event
from shared.dead_letters import DeadLetters, letter_for, malformed_letter, parse_reason
from shared.delivery import Policy, decide, is_poison, reason
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)
EventHandler = Callable[[E], Awaitable[None]]


class Consumption:
    """How one service consumes messages. `jetstream` gives the context of the connection there is now."""

    def __init__(
        self,
        service: str,
        policy: Policy,
        ack_wait_seconds: float,
        jetstream: Callable[[], JetStreamContext],
        registry: CollectorRegistry,
    ) -> None:
        self._service = service
        self._policy = policy
        self._ack_wait_seconds = ack_wait_seconds
        self._jetstream = jetstream
        self._handled = Counter("papersys_events", "Events handled", ["subject", "outcome"], registry=registry)
        self._seconds = Histogram("papersys_event_seconds", "Time in handlers", ["subject"], registry=registry)

    async def handle(self, message: NatsMessage, event_class: type[E], handler: EventHandler[E]) -> None:
        """Hand the event to `handler` and settle the message by what it raises."""
        subject = event_class.subject
        event = await self._parse(message, event_class)
        if event is None:
            return
        attempt = int(message.raw_message.metadata.num_delivered)
        if is_poison(attempt, self._policy):
            fatal = PermanentFailure(f"The service died or hung on each of {attempt - 1} deliveries of this message.")
            await self._settle(message, event, fatal, attempt)
            return
        started = time.monotonic()
        error: Exception | None = None
        beat = asyncio.create_task(self._heartbeat(message))
        try:
            await handler(event)
        except Exception as failure:
            error = failure
        finally:
            beat.cancel()
        self._seconds.labels(subject).observe(time.monotonic() - started)
        await self._settle(message, event, error, attempt)

    async def _parse(self, message: NatsMessage, event_class: type[E]) -> E | None:
        try:
            return read_event(message, event_class)
        except (ValidationError, ValueError) as error:
            why = parse_reason(error) if isinstance(error, ValidationError) else f"Not a valid event: {error}"
            sequence = message.raw_message.metadata.sequence.stream
            letter = malformed_letter(self._service, event_class.subject, sequence, message.body, why)
            log.error("Malformed %s: %s", event_class.subject, why, extra={"action": "dead_letter"})
            self._handled.labels(event_class.subject, "malformed").inc()
            with contextlib.suppress(nats.errors.Error, TimeoutError):
                await DeadLetters(self._jetstream()).put(letter)
                await message.reject()
            return None

    async def _settle(self, message: NatsMessage, event: Event, error: Exception | None, attempt: int) -> None:
        """Ack, ask for another delivery, or bury; if the server is gone, it will deliver again by itself."""
        verdict = decide(error, attempt, self._policy)
        subject = event.subject
        try:
            letters = DeadLetters(self._jetstream())
            for paper_id, why in verdict.dead.items():
                await letters.put(letter_for(self._service, event, paper_id, why, attempt))
                facts = {"action": "dead_letter", "paper_id": paper_id, "event_id": event.event_id}
                log.error("Gave up on %s: %s", subject, why, extra=facts, exc_info=_unexpected(error))
            if verdict.retry_in_seconds is not None:
                again = {"action": "retry", "event_id": event.event_id, "attempt": attempt}
                why = reason(error) if error else ""
                log.warning("Will retry %s in %g s: %s", subject, verdict.retry_in_seconds, why, extra=again)
                await message.nack(delay=verdict.retry_in_seconds)
            elif verdict.dead:
                await message.reject()
            else:
                await message.ack()
            self._handled.labels(subject, _outcome(verdict.retry_in_seconds, bool(verdict.dead))).inc()
        except (nats.errors.Error, TimeoutError, TemporaryFailure) as lost:
            log.warning(
                "Could not settle %s, it will come again: %s", subject, reason(lost), extra={"action": "unsettled"}
            )

    async def _heartbeat(self, message: NatsMessage) -> None:
        """Tell the server that work goes on, so that it does not start the message again beside it."""
        while True:
            await asyncio.sleep(self._ack_wait_seconds / 3)
            with contextlib.suppress(nats.errors.Error):
                await message.in_progress()


def read_event(message: NatsMessage, event_class: type[E]) -> E:
    """The event in a message. One typed by hand gets an id that stays the same at redelivery. Raises ValueError."""
    content = json.loads(message.body)
    if not isinstance(content, dict):
        raise ValueError("a JSON object is needed")
    metadata = message.raw_message.metadata
    headers = message.raw_message.headers or {}
    stamp = int(metadata.timestamp.timestamp())
    content.setdefault("event_id", headers.get("Nats-Msg-Id") or f"hand-{metadata.sequence.stream}-{stamp}")
    content.setdefault("occurred_at", metadata.timestamp)
    return event_class.model_validate(content)


def _outcome(retry: float | None, dead: bool) -> str:
    return "retry" if retry is not None else "dead" if dead else "done"


def _unexpected(error: Exception | None) -> Exception | None:
    """The error whose traceback belongs in the log: one that nobody foresaw."""
    return None if error is None or isinstance(error, PapersysError) else error
