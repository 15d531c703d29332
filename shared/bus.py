"""The bus: events over JetStream and requests over core NATS, with every rule of the house in one place.

A handler only reads, decides, writes and publishes; what an exception of it means is decided in `shared.delivery`.
Acknowledgements are ours (AckPolicy.MANUAL), because the default policy ends a message on any exception: lost.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol, TypeVar, cast

import nats.errors
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.annotations import NatsMessage
from faststream.security import SASLPlaintext
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from prometheus_client import CollectorRegistry, Counter, Histogram
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts import STREAM, Event, Reply, Request
from shared.dead_letters import DeadLetters, letter_for, malformed_letter, parse_reason
from shared.delivery import Policy, decide, is_poison, reason
from shared.errors import PapersysError, PermanentFailure, RequestFailed, TemporaryFailure
from shared.settings import BusSettings
from shared.streams import CONSUMERS, consumer_for, reconcile

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)
R = TypeVar("R", bound=Request)
EventHandler = Callable[[E], Awaitable[None]]
RequestHandler = Callable[[R], Awaitable[Reply]]

_PUBLISH_TIMEOUT_SECONDS = 5.0
_PUBLISH_ATTEMPTS = 3
_RECONNECT_WAIT_SECONDS = 1
_WATCH_SECONDS = 10.0
_FETCH_SECONDS = 5.0
_REQUEST_WORKERS = 8


class Bus(Protocol):
    """What services see of the bus; tests pass a fake."""

    def on(self, event: type[E], handler: EventHandler[E]) -> None:
        """Call `handler` for each such event, at least once."""

    def answer(self, request: type[R], handler: RequestHandler[R]) -> None:
        """Call `handler` for each such request and send back what it returns."""

    async def publish(self, event: Event) -> None:
        """Store an event in the stream. Raises TemporaryFailure while the server cannot be reached."""

    async def ask(self, request: Request) -> Any:
        """The typed reply to a request. Raises RequestFailed."""


class _Envelope(BaseModel):
    """A reply on the wire: an answer or a typed error."""

    model_config = ConfigDict(extra="forbid")

    answer: dict[str, Any] | None = None
    error: str | None = None
    code: str = ""
    retryable: bool = False


class NatsBus:
    """One service's connection to NATS."""

    def __init__(self, settings: BusSettings, service: str, registry: CollectorRegistry | None = None) -> None:
        self.service = service
        self._settings = settings
        self._policy = Policy(settings.retry_delays_seconds)
        self._problem: str | None = "not connected to NATS yet"
        user, password = settings.credentials()
        self._broker = NatsBroker(
            settings.url,
            name=f"papersys-{service}",
            security=SASLPlaintext(user, password) if user and password else None,
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            reconnect_time_wait=_RECONNECT_WAIT_SECONDS,
            connect_timeout=5,
            drain_timeout=5,
            graceful_timeout=settings.stop_seconds,
            ping_interval=10,
            max_outstanding_pings=2,
            logger=None,
            error_cb=_log_connection_error,
        )
        registry = registry or CollectorRegistry()
        self._handled = Counter("papersys_events", "Events handled", ["subject", "outcome"], registry=registry)
        self._seconds = Histogram("papersys_event_seconds", "Time in handlers", ["subject"], registry=registry)

    # -- wiring

    def on(self, event: type[E], handler: EventHandler[E]) -> None:
        """Read `event` by the durable consumer that `shared.streams` declares for this service."""
        consumer = consumer_for(self.service, event)

        async def consume(message: NatsMessage) -> None:
            await self._handle(message, event, handler)

        self._broker.subscriber(
            event.subject,
            durable=consumer.durable,
            stream=_undeclared_stream(),
            pull_sub=PullSub(batch_size=consumer.batch, timeout=_FETCH_SECONDS),
            ack_policy=AckPolicy.MANUAL,
        )(consume)

    def answer(self, request: type[R], handler: RequestHandler[R]) -> None:
        """Answer `request`; several processes of one service share the work."""

        async def respond(message: NatsMessage) -> bytes:
            return (await _answered(message.body, request, handler)).model_dump_json().encode()

        self._broker.subscriber(request.subject, self.service, max_workers=_REQUEST_WORKERS)(respond)

    # -- life

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connect as soon as the server can be reached, in the background, and stay connected; drain at the end."""
        life = asyncio.create_task(self._live())
        try:
            yield
        finally:
            life.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await life
            with contextlib.suppress(Exception):
                async with asyncio.timeout(self._settings.stop_seconds + 5):
                    await self._broker.stop()

    def problem(self) -> str | None:
        """Why this service cannot work with the bus now; None when it can."""
        return self._problem

    @property
    def jetstream(self) -> JetStreamContext:
        """The JetStream context of the connection. Raises TemporaryFailure before there is one."""
        try:
            return cast(JetStreamContext, self._broker.config.connection_state.stream)
        except Exception as error:
            raise TemporaryFailure("NATS is not connected yet") from error

    async def _live(self) -> None:
        started = False
        while True:
            try:
                if not started:
                    await self._connect()
                    await reconcile(self.jetstream, self._settings.ack_wait_seconds, service=self.service)
                    await self._broker.start()
                    started = True
                    log.info("Connected to NATS.", extra={"action": "bus_connected"})
                await self._check()
                self._problem = None
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self._problem = f"NATS at {self._settings.url} cannot be used: {reason(error)}"
                log.warning("Waiting for NATS: %s", reason(error), extra={"action": "bus_waiting"})
            await asyncio.sleep(_WATCH_SECONDS if self._problem is None else _RECONNECT_WAIT_SECONDS)

    async def _connect(self) -> None:
        """One attempt: the client's own first connection would try for ever, which hides the reason."""
        async with asyncio.timeout(15):
            await self._broker.connect()

    async def _check(self) -> None:
        """The connection answers, and our consumers are there; a consumer that vanished is made again."""
        if not await self._broker.ping(timeout=5):
            raise TemporaryFailure("the connection does not answer")
        for consumer in CONSUMERS:
            if consumer.service == self.service:
                try:
                    await self.jetstream.consumer_info(STREAM, consumer.durable)
                except NotFoundError:
                    log.warning("Consumer %s was gone.", consumer.durable, extra={"action": "consumer_lost"})
                    await reconcile(self.jetstream, self._settings.ack_wait_seconds, service=self.service)

    # -- talking

    async def publish(self, event: Event) -> None:
        """Store an event and wait for the ack. The id makes a repeat no news for the server either."""
        body = event.model_dump_json().encode()
        headers = {"Nats-Msg-Id": event.event_id}
        failure: Exception | None = None
        for attempt in range(_PUBLISH_ATTEMPTS):
            try:
                await self.jetstream.publish(
                    event.subject, body, timeout=_PUBLISH_TIMEOUT_SECONDS, stream=STREAM, headers=headers
                )
                return
            except (nats.errors.Error, TimeoutError, TemporaryFailure) as error:
                failure = error
                await asyncio.sleep(0.2 * (attempt + 1))
        raise TemporaryFailure(f"{event.subject} could not be published: {reason(failure or TimeoutError())}")

    async def ask(self, request: Request) -> Any:
        """The answer, of the type the request declares. Raises RequestFailed."""
        name, deadline = request.subject, request.deadline_seconds
        if self._problem is not None:
            raise RequestFailed(f"{name} cannot be asked: {self._problem}", code="bus", retryable=True)
        try:
            message = await self._broker.request(request.model_dump_json().encode(), name, timeout=deadline)
        except nats.errors.NoRespondersError as error:
            raise RequestFailed(f"Nobody answers {name} now.", code="unavailable", retryable=True) from error
        except (nats.errors.TimeoutError, TimeoutError) as error:
            raise RequestFailed(f"{name} took over {deadline:g} s.", code="deadline", retryable=True) from error
        except Exception as error:
            raise RequestFailed(f"{name} failed: {reason(error)}", code="bus", retryable=True) from error
        return _opened(message.body, request)

    # -- one message

    async def _handle(self, message: NatsMessage, event_class: type[E], handler: EventHandler[E]) -> None:
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
            letter = malformed_letter(self.service, event_class.subject, sequence, message.body, why)
            log.error("Malformed %s: %s", event_class.subject, why, extra={"action": "dead_letter"})
            self._handled.labels(event_class.subject, "malformed").inc()
            with contextlib.suppress(nats.errors.Error, TimeoutError):
                await DeadLetters(self.jetstream).put(letter)
                await message.reject()
            return None

    async def _settle(self, message: NatsMessage, event: Event, error: Exception | None, attempt: int) -> None:
        """Ack, ask for another delivery, or bury; if the server is gone, it will deliver again by itself."""
        verdict = decide(error, attempt, self._policy)
        subject = event.subject
        try:
            letters = DeadLetters(self.jetstream)
            for paper_id, why in verdict.dead.items():
                await letters.put(letter_for(self.service, event, paper_id, why, attempt))
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
            await asyncio.sleep(self._settings.ack_wait_seconds / 3)
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


async def _answered(body: bytes, request_class: type[R], handler: RequestHandler[R]) -> _Envelope:
    try:
        return _Envelope(answer=(await handler(request_class.model_validate_json(body))).model_dump(mode="json"))
    except ValidationError as error:
        return _Envelope(error=parse_reason(error).replace("event", "request", 1), code="invalid")
    except RequestFailed as error:
        return _Envelope(error=str(error), code=error.code, retryable=error.retryable)
    except TemporaryFailure as error:
        return _Envelope(error=reason(error), code="temporary", retryable=True)
    except PapersysError as error:
        return _Envelope(error=reason(error), code="permanent")
    except Exception as error:
        log.exception("%s failed", request_class.subject, extra={"action": "request_failed"})
        return _Envelope(error=reason(error), code="internal", retryable=True)


def _opened(body: bytes, request: Request) -> Reply:
    try:
        envelope = _Envelope.model_validate_json(body)
        if envelope.answer is not None:
            return request.reply.model_validate(envelope.answer)
    except ValidationError as error:
        text = f"{request.subject} sent an answer that cannot be read: {reason(error)}"
        raise RequestFailed(text, code="invalid_reply", retryable=False) from error
    raise RequestFailed(envelope.error or "no reason given", code=envelope.code, retryable=envelope.retryable)


def _undeclared_stream() -> JStream:
    """A fresh object per subscriber: FastStream marks a shared one as declared, and must not update ours at all."""
    return JStream(name=STREAM, declare=False)


def _outcome(retry: float | None, dead: bool) -> str:
    return "retry" if retry is not None else "dead" if dead else "done"


def _unexpected(error: Exception | None) -> Exception | None:
    """The error whose traceback belongs in the log: one that nobody foresaw."""
    return None if error is None or isinstance(error, PapersysError) else error


async def _log_connection_error(error: Exception) -> None:
    log.debug("NATS connection: %s", reason(error), extra={"action": "bus_error"})
