"""A plain NATS client with the system's credentials, for the launcher and the command line."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import nats.errors
from nats.aio.client import Client as NatsClient

from shared.bus.questions.asking import connect, listens
from shared.contracts import STREAM, Event
from shared.errors import PapersysError
from shared.settings.settings import BusSettings

_STORED_SECONDS = 5.0
_AT_ONCE = 100


@contextlib.asynccontextmanager
async def connected(bus: BusSettings) -> AsyncIterator[NatsClient]:
    """A connection for one task. Raises PapersysError when the server cannot be reached."""
    if not listens(bus.url):
        raise PapersysError(f"NATS at {bus.url} cannot be reached; is `papersys up` running?")
    try:
        client = await connect(bus)
    except (OSError, nats.errors.Error, TimeoutError) as error:
        why = str(error) or "no answer"
        raise PapersysError(f"NATS at {bus.url} cannot be reached ({why}); is `papersys up` running?") from error
    try:
        yield client
    finally:
        await client.close()


async def publish(bus: BusSettings, event: Event) -> None:
    """Publish one event and wait until it is stored. Raises PapersysError."""
    await publish_many(bus, [event])


async def publish_many(bus: BusSettings, events: Sequence[Event]) -> None:
    """Publish events, some at once, and wait until all are stored. Raises PapersysError; some may be stored then."""
    async with connected(bus) as client:
        stream = client.jetstream()

        async def send(event: Event) -> None:
            headers, body = {"Nats-Msg-Id": event.event_id}, event.model_dump_json().encode()
            try:
                await stream.publish(event.subject, body, timeout=_STORED_SECONDS, stream=STREAM, headers=headers)
            except (nats.errors.Error, TimeoutError) as error:
                raise PapersysError(f"{event.subject} was not accepted by NATS at {bus.url}: {error}") from error

        for start in range(0, len(events), _AT_ONCE):
            await asyncio.gather(*map(send, events[start : start + _AT_ONCE]))
