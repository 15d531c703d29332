"""Events that wait in the streams, and jobs that failed: asked of JetStream and cached for some seconds."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from pydantic import BaseModel

from shared.bus.delivery.dead_letters import DeadLetter, DeadLetters
from shared.bus.streams import CONSUMERS
from shared.contracts import STREAM
from shared.errors import TemporaryFailure, reason

log = logging.getLogger(__name__)

_CACHE_SECONDS = 10.0
_DECIDE_SECONDS = 6.0


class Lag(BaseModel):
    """How many events a service has not finished yet."""

    service: str
    subject: str
    waiting: int


class QueueState(BaseModel):
    """`problem` says why nothing is known."""

    lags: list[Lag] = []
    letters: list[DeadLetter] = []
    problem: str = ""


class Queues(Protocol):
    """What the pages ask; tests pass a fake."""

    async def state(self) -> QueueState:
        """Never raises."""

    async def retry(self, number: int) -> None:
        """Queue a failed job again. Raises PapersysError for one that is not there or cannot be done."""

    async def drop(self, number: int) -> None:
        """Delete a failed job. Raises PapersysError for one that is not there."""


class NatsQueues:
    """Over the bus's own connection; `jetstream` raises TemporaryFailure while there is none."""

    def __init__(self, jetstream: Callable[[], JetStreamContext], problem: Callable[[], str | None]) -> None:
        self._jetstream = jetstream
        self._problem = problem
        self._cached: tuple[float, QueueState] = (float("-inf"), QueueState())

    async def state(self) -> QueueState:
        at, state = self._cached
        if time.monotonic() - at > _CACHE_SECONDS:
            state = await self._ask()
            self._cached = (time.monotonic(), state)
        return state

    async def retry(self, number: int) -> None:
        await self._decide(lambda letters: letters.retry(number))

    async def drop(self, number: int) -> None:
        await self._decide(lambda letters: letters.drop(number))

    async def _decide(self, decide: Callable[[DeadLetters], Awaitable[object]]) -> None:
        """Raises TemporaryFailure while NATS is away; what is shown next is asked for anew."""
        if (problem := self._problem()) is not None:
            raise TemporaryFailure(problem)
        try:
            async with asyncio.timeout(_DECIDE_SECONDS):
                await decide(DeadLetters(self._jetstream()))
        except (TimeoutError, NatsError) as error:
            raise TemporaryFailure(f"NATS does not answer: {reason(error)}") from error
        finally:
            self._cached = (float("-inf"), QueueState())

    async def _ask(self) -> QueueState:
        if (problem := self._problem()) is not None:
            return QueueState(problem=problem)
        try:
            js = self._jetstream()
            return QueueState(lags=await _lags(js), letters=await DeadLetters(js).all())
        except Exception as error:
            log.warning("The state of the queues is not known: %s", reason(error), extra={"action": "queues_unknown"})
            return QueueState(problem=f"NATS does not answer: {reason(error)}")


async def _lags(js: JetStreamContext) -> list[Lag]:
    lags = []
    for consumer in CONSUMERS:
        info = await js.consumer_info(STREAM, consumer.durable, timeout=2)
        waiting = (info.num_pending or 0) + (info.num_ack_pending or 0)
        lags.append(Lag(service=consumer.service, subject=consumer.event.subject, waiting=waiting))
    return lags


def summary_problems(state: QueueState) -> dict[str, str]:
    """Why picked papers could not be summarised, by paper id."""
    return {
        letter.paper_id: letter.reason
        for letter in state.letters
        if letter.paper_id and letter.service == "summarizer" and letter.subject == "papers.selected"
    }
