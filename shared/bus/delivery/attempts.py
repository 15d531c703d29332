"""How often a message was tried, beside the messages themselves: what the server counts are deliveries.

A delivery that ended in a wait for something else is no attempt, and one that a stop of the service cut short is none
either. So each message that is delivered again has a record in a stream of its own, which lives as long as the event
stream, survives every restart, and is shared by all processes that read one consumer. What cannot be stored there (NATS
is away, its disk is full) is kept in memory meanwhile.
"""

import contextlib
import logging
from collections.abc import Callable, Iterable

import nats.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.bus.delivery.disposition import Disposition
from shared.bus.streams import ATTEMPTS_PREFIX, ATTEMPTS_STREAM
from shared.errors import TemporaryFailure, reason

log = logging.getLogger(__name__)

_MOST_REMEMBERED = 5_000


class Attempts(BaseModel):
    """What is known of one message.

    `failed` attempts ended in an error of their own; `unfinished` deliveries ended in no disposition (one may be
    under way); `buried` papers have their dead letter. `delivery` is the one that this was noted at.
    """

    model_config = ConfigDict(frozen=True)

    delivery: int
    failed: int = 0
    unfinished: int = 0
    buried: tuple[str, ...] = ()

    def begun(self, delivery: int) -> "Attempts":
        """A delivery has begun. A note of a later one than this is of an earlier life of the consumer."""
        before = self if self.delivery < delivery else Attempts(delivery=delivery)
        return before.model_copy(update={"delivery": delivery, "unfinished": before.unfinished + 1})

    def ended(self, disposition: Disposition) -> "Attempts":
        """The delivery under way has ended in a disposition."""
        buried = {*self.buried, *_papers(disposition.dead)}
        return self.model_copy(
            update={
                "failed": self.failed + disposition.is_attempt,
                "unfinished": max(0, self.unfinished - 1),
                "buried": tuple(sorted(buried)),
            }
        )


class AttemptLog:
    """The records of the messages that one service reads. Never raises: without a record, a message is a new one."""

    def __init__(self, jetstream: Callable[[], JetStreamContext]) -> None:
        self._jetstream = jetstream
        self._remembered: dict[str, Attempts] = {}

    async def begin(self, message: Msg) -> Attempts:
        """Note that a delivery begins; the first one of a message is not worth a record."""
        delivery = int(message.metadata.num_delivered)
        if delivery <= 1:
            return Attempts(delivery=delivery, unfinished=1)
        key = _key(message)
        attempts = (await self._known(key)).begun(delivery)
        await self._store(key, attempts)
        return attempts

    async def keep(self, message: Msg, attempts: Attempts) -> None:
        """Note what is known of a message that will be delivered again."""
        await self._store(_key(message), attempts)

    async def forget(self, message: Msg, attempts: Attempts) -> None:
        """The message is finished."""
        key = _key(message)
        self._remembered.pop(key, None)
        if attempts.delivery > 1:
            with contextlib.suppress(nats.errors.Error, TimeoutError, TemporaryFailure):
                await self._jetstream().purge_stream(ATTEMPTS_STREAM, subject=key)

    async def _known(self, key: str) -> Attempts:
        """The later one of what is stored and what could not be stored."""
        first_had_no_end = Attempts(delivery=0, unfinished=1)
        remembered = self._remembered.get(key, first_had_no_end)
        try:
            message = await self._jetstream().get_last_msg(ATTEMPTS_STREAM, key)
            stored = Attempts.model_validate_json(message.data or b"")
        except (NotFoundError, ValidationError):
            return remembered
        except (nats.errors.Error, TimeoutError, TemporaryFailure) as error:
            log.warning("No attempts are known of %s: %s", key, reason(error), extra={"action": "attempts_unknown"})
            return remembered
        return max(stored, remembered, key=lambda attempts: attempts.delivery)

    async def _store(self, key: str, attempts: Attempts) -> None:
        try:
            body = attempts.model_dump_json().encode()
            await self._jetstream().publish(key, body, stream=ATTEMPTS_STREAM, timeout=5)
            self._remembered.pop(key, None)
        except (nats.errors.Error, TimeoutError, TemporaryFailure) as error:
            self._remember(key, attempts)
            log.warning("Attempts of %s are not stored: %s", key, reason(error), extra={"action": "attempts_unstored"})

    def _remember(self, key: str, attempts: Attempts) -> None:
        self._remembered[key] = attempts
        while len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.pop(next(iter(self._remembered)))


def _key(message: Msg) -> str:
    metadata = message.metadata
    return f"{ATTEMPTS_PREFIX}.{metadata.consumer}.{metadata.sequence.stream}"


def _papers(dead: Iterable[str | None]) -> list[str]:
    return [paper_id for paper_id in dead if paper_id is not None]
