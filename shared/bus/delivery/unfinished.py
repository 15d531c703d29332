"""Events that are not finished yet, and dead letters, as lines: a backup holds them, and a new NATS server gets them.

Handlers may run twice, so it is enough that none is left out: all counts that was not finished at a first moment, and
all that was published since.
"""

import base64
from collections.abc import AsyncIterator, Iterable, Mapping

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.bus.delivery.dead_letters import DeadLetter, DeadLetters
from shared.bus.streams import CONSUMERS
from shared.contracts import EVENTS, STREAM

_STORED_SECONDS = 5.0
_SUBJECTS = frozenset(event.subject for event in EVENTS)


class UnfinishedEvent(BaseModel):
    """A message of the event stream as it was published, or a dead letter."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    subject: str = ""
    message_id: str = ""
    body: str = ""
    letter: DeadLetter | None = None


async def first_unfinished(js: JetStreamContext) -> dict[str, int]:
    """For each subject the number in the stream from which on somebody has not finished."""
    end = (await js.stream_info(STREAM)).state.last_seq + 1
    first: dict[str, int] = {}
    for consumer in CONSUMERS:
        info = await js.consumer_info(STREAM, consumer.durable)
        is_idle = not info.num_pending and not info.num_ack_pending
        start = end if is_idle or info.ack_floor is None else (info.ack_floor.stream_seq or 0) + 1
        subject = consumer.event.subject
        first[subject] = min(start, first.get(subject, start))
    return first


async def unfinished_lines(js: JetStreamContext, first: Mapping[str, int]) -> str:
    """All since then, a line each; dead letters last."""
    lines = [event.model_dump_json(exclude_defaults=True) async for event in _events(js, first)]
    lines += [UnfinishedEvent(letter=letter).model_dump_json() for letter in await DeadLetters(js).all()]
    return "".join(f"{line}\n" for line in lines)


async def publish_unfinished(js: JetStreamContext, lines: Iterable[str]) -> int:
    """Publish what the lines say; how many could be read. Twice is once where the first time is under an hour ago."""
    count = 0
    for line in filter(str.strip, lines):
        try:
            event = UnfinishedEvent.model_validate_json(line)
        except ValidationError:
            continue
        if event.letter is not None:
            await DeadLetters(js).put(event.letter)
        elif event.subject in _SUBJECTS:
            headers = {"Nats-Msg-Id": event.message_id} if event.message_id else None
            body = base64.b64decode(event.body)
            await js.publish(event.subject, body, timeout=_STORED_SECONDS, stream=STREAM, headers=headers)
        count += 1
    return count


async def _events(js: JetStreamContext, first: Mapping[str, int]) -> AsyncIterator[UnfinishedEvent]:
    last = (await js.stream_info(STREAM)).state.last_seq
    for subject, start in sorted(first.items()):
        number = start
        while number <= last:
            try:
                message = await js.get_msg(STREAM, seq=number, subject=subject, next=True)
            except NotFoundError:
                break
            body = base64.b64encode(message.data or b"").decode()
            message_id = (message.headers or {}).get("Nats-Msg-Id", "")
            yield UnfinishedEvent(subject=subject, message_id=message_id, body=body)
            number = (message.seq or number) + 1
