"""The bus: events over JetStream and requests over core NATS, with every rule of the house in one place.

A handler only reads, decides, writes and publishes; `shared.bus.delivery.disposition` decides what an exception of it
means. Acknowledgements are ours (AckPolicy.MANUAL), because the default policy ends a message on any exception: lost.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Protocol, cast

import nats.errors
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.annotations import NatsMessage
from faststream.security import BaseSecurity, SASLPlaintext
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from prometheus_client import CollectorRegistry
from tenacity import (
    retry,
    retry_if_exception_type,
    retry_if_not_exception_type,
    stop_after_attempt,
    wait_incrementing,
)

from shared.bus.delivery.consumption import Consumption, E, EventHandler
from shared.bus.delivery.disposition import Policy
from shared.bus.delivery.hostile_headers import tolerate_hostile_headers
from shared.bus.questions.replies import handle_request, parse_reply
from shared.bus.questions.requests import Answerable, HandlerT, ReplyT
from shared.bus.queue_metrics import QueueMetrics
from shared.bus.reader_loops import revive_readers
from shared.bus.streams import CONSUMERS, consumer_for, reconcile
from shared.contracts import STREAM, Event, Request
from shared.errors import PermanentFailure, RequestFailed, TemporaryFailure, reason
from shared.service.background import Background
from shared.settings.settings import BusSettings
from shared.tracing.spans import NO_TRACER, Tracer, facts_of, traced_by

log = logging.getLogger(__name__)

_PUBLISH_TIMEOUT_SECONDS = 5.0
_RECONNECT_WAIT_SECONDS = 1
_WATCH_SECONDS = 10.0
_FETCH_SECONDS = 5.0
_REQUEST_WORKERS = 8
_SERVER_AWAY = (nats.errors.Error, TimeoutError, TemporaryFailure)
_AWAY_SECONDS = 10.0
"""When to ask again what is not there at all: no attempt, like every wait for something else."""


class Bus(Protocol):
    """What services see of the bus; tests pass a fake."""

    def on(self, event: type[E], handler: EventHandler[E]) -> None:
        """Call `handler` for each such event, at least once."""

    def answer(self, request: Answerable[HandlerT], handler: HandlerT) -> None:
        """Call `handler` for each such request and send back what it returns."""

    async def publish(self, event: Event) -> None:
        """Store an event in the stream. Raises TemporaryFailure while the server cannot be reached."""

    async def ask(self, request: Request[ReplyT]) -> ReplyT:
        """The reply to a request, of the type that it declares. Raises RequestFailed."""


class NatsBus:
    """One service's connection to NATS."""

    def __init__(
        self,
        settings: BusSettings,
        service: str,
        registry: CollectorRegistry | None = None,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        self.service = service
        self._tracer = tracer
        self._settings = settings
        self._problem: str | None = "not connected to NATS yet"
        self._started = False
        self._background = Background({"the connection to NATS": self._live})
        self._broker = NatsBroker(
            settings.servers,
            name=f"papersys-{service}",
            security=_security(settings),
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
        policy, registry = Policy(settings.retry_delays_seconds), registry or CollectorRegistry()
        self._queue_metrics = QueueMetrics(registry)
        self._consumption = Consumption(
            service, policy, settings.ack_wait_seconds, lambda: self.jetstream, registry, tracer
        )

    # -- wiring

    def on(self, event: type[E], handler: EventHandler[E]) -> None:
        """Read `event` by the durable consumer that `shared.bus.streams` declares for this service."""
        consumer = consumer_for(self.service, event)

        async def consume(message: NatsMessage) -> None:
            await self._consumption.handle(message, event, handler)

        self._broker.subscriber(
            event.subject,
            durable=consumer.durable,
            stream=_undeclared_stream(),
            pull_sub=PullSub(batch_size=consumer.batch, timeout=_FETCH_SECONDS),
            ack_policy=AckPolicy.MANUAL,
            decoder=_undecoded,
            no_reply=True,
        )(consume)

    def answer(self, request: Answerable[HandlerT], handler: HandlerT) -> None:
        """Answer `request`; several processes of one service share the work."""

        async def respond(message: NatsMessage) -> bytes:
            facts = {"messaging.system": "nats", "messaging.destination.name": request.subject}
            span = self._tracer.span(f"answer {request.subject}", "server", facts, caller=message.headers)
            with traced_by(self._tracer), span:
                reply = await handle_request(message.body, request, handler)
            return reply.as_bytes(self._client.max_payload)

        self._broker.subscriber(request.subject, self.service, max_workers=_REQUEST_WORKERS, decoder=_undecoded)(
            respond
        )

    # -- life

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connect as soon as the server can be reached, in the background, and stay connected; drain at the end."""
        try:
            async with self._background.running():
                yield
        finally:
            self._started = False
            with contextlib.suppress(Exception):
                async with asyncio.timeout(self._settings.stop_seconds + 5):
                    await self._broker.stop()
            await asyncio.to_thread(self._tracer.close)

    def problem(self) -> str | None:
        """Why this service cannot work with the bus now; None when it can."""
        return self._background.problem() or self._problem

    @property
    def jetstream(self) -> JetStreamContext:
        """The JetStream context of the connection. Raises TemporaryFailure before there is one."""
        try:
            return cast(JetStreamContext, self._broker.config.connection_state.stream)
        except Exception as error:
            raise TemporaryFailure("NATS is not connected yet", retry_in_seconds=_AWAY_SECONDS) from error

    @property
    def _client(self) -> Client:
        return cast(Client, self._broker.config.connection_state.connection)

    async def _live(self) -> None:
        while True:
            try:
                if not self._started:
                    await self._connect()
                    await self._reconcile()
                    await self._start_readers()
                    self._started = True
                    self._queue_metrics.connected()
                    log.info("Connected to NATS.", extra={"action": "bus_connected"})
                await self._check()
                self._problem = None
            except Exception as error:
                self._problem = f"NATS at {self._settings.url} cannot be used: {reason(error)}"
                log.warning("Waiting for NATS: %s", reason(error), extra={"action": "bus_waiting"})
            await asyncio.sleep(_WATCH_SECONDS if self._problem is None else _RECONNECT_WAIT_SECONDS)

    async def _reconcile(self) -> None:
        settings = self._settings
        await reconcile(self.jetstream, settings.ack_wait_seconds, service=self.service, replicas=settings.replicas)

    async def _connect(self) -> None:
        """One attempt: the client's own first connection would try for ever, which hides the reason."""
        async with asyncio.timeout(15):
            await self._broker.connect()
        tolerate_hostile_headers(self._client)

    async def _start_readers(self) -> None:
        """All or none: started twice, a reader of requests puts them in a new queue, and its loop reads the old one."""
        try:
            await self._broker.start()
        except Exception:
            for reader in self._broker.subscribers:
                with contextlib.suppress(Exception):
                    await reader.stop()
            raise

    async def _check(self) -> None:
        """The connection answers, and our consumers are there; a consumer that vanished is made again."""
        if not await self._broker.ping(timeout=5):
            raise TemporaryFailure("the connection does not answer")
        if revived := revive_readers(self._broker):
            raise TemporaryFailure(f"the reading of {', '.join(revived)} had stopped and was started again")
        for consumer in CONSUMERS:
            if consumer.service == self.service:
                try:
                    info = await self.jetstream.consumer_info(STREAM, consumer.durable)
                    self._queue_metrics.observe(consumer, info)
                except NotFoundError:
                    log.warning("Consumer %s was gone.", consumer.durable, extra={"action": "consumer_lost"})
                    await self._reconcile()
        await self._queue_metrics.count_dead_letters(self.jetstream)

    # -- talking

    async def publish(self, event: Event) -> None:
        """Store an event and wait for the ack. The id makes a repeat no news for the server either.

        Raises TemporaryFailure while the server does not store it, PermanentFailure for one that it never will.
        """
        body = event.model_dump_json().encode()
        try:
            await self._store(event, body)
        except nats.errors.MaxPayloadError as error:
            raise PermanentFailure(f"A {event.subject} of {len(body)} bytes is more than NATS takes.") from error
        except _SERVER_AWAY as error:
            text = f"{event.subject} could not be published: {reason(error)}"
            raise TemporaryFailure(text, retry_in_seconds=_AWAY_SECONDS) from error

    @retry(
        stop=stop_after_attempt(3),
        wait=wait_incrementing(start=0.2, increment=0.2),
        retry=retry_if_exception_type(_SERVER_AWAY) & retry_if_not_exception_type(nats.errors.MaxPayloadError),
        reraise=True,
    )
    async def _store(self, event: Event, body: bytes) -> None:
        facts = facts_of(event, event.subject)
        with self._tracer.span(f"publish {event.subject}", "producer", facts, run_id=event.run_id):
            headers = {"Nats-Msg-Id": event.event_id, **self._tracer.headers()}
            await self.jetstream.publish(
                event.subject, body, timeout=_PUBLISH_TIMEOUT_SECONDS, stream=STREAM, headers=headers
            )

    async def ask(self, request: Request[ReplyT]) -> ReplyT:
        """The reply, of the type that the request declares. Raises RequestFailed."""
        name, deadline = request.subject, request.deadline_seconds
        if self._problem is not None:
            raise _nobody_there(f"{name} cannot be asked: {self._problem}", "bus")
        try:
            with self._tracer.span(f"ask {name}", "client", facts_of(request, name)):
                body, headers = request.model_dump_json().encode(), self._tracer.headers()
                message = await self._broker.request(body, name, timeout=deadline, headers=headers or None)
        except nats.errors.NoRespondersError as error:
            raise _nobody_there(f"Nobody answers {name} now.", "unavailable") from error
        except (nats.errors.TimeoutError, TimeoutError) as error:
            raise RequestFailed(f"{name} took over {deadline:g} s.", code="deadline", retryable=True) from error
        except (nats.errors.MaxPayloadError, ValueError) as error:
            text = f"{name} cannot be asked this: {reason(error)}"
            raise RequestFailed(text, code="unsendable", retryable=False) from error
        except Exception as error:
            raise _nobody_there(f"{name} failed: {reason(error)}", "bus") from error
        return parse_reply(message.body, request)


def _security(settings: BusSettings) -> BaseSecurity | None:
    user, password = settings.credentials()
    if user and password:
        return SASLPlaintext(user, password, ssl_context=settings.tls())
    return BaseSecurity(ssl_context=settings.tls()) if settings.tls() else None


def _nobody_there(text: str, code: str) -> RequestFailed:
    return RequestFailed(text, code=code, retryable=True, retry_in_seconds=_AWAY_SECONDS)


async def _undecoded(message: NatsMessage) -> bytes:
    """Bodies are parsed where what cannot be read has its place; FastStream's own parser drops it without a word."""
    return message.body


def _undeclared_stream() -> JStream:
    """A fresh object per subscriber: FastStream marks a shared one as declared, and must not update ours at all."""
    return JStream(name=STREAM, declare=False)


async def _log_connection_error(error: Exception) -> None:
    log.debug("NATS connection: %s", reason(error), extra={"action": "bus_error"})
