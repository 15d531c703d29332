"""Dead letters: messages that could not be handled, kept with the reason until a person retries or drops them."""

import uuid
from collections.abc import AsyncIterator

from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.contracts import EVENTS, STREAM, Event, now
from shared.errors import PapersysError
from shared.paper_ids import folder_name
from shared.streams import DEAD_PREFIX, DEAD_STREAM

_BATCH = 200


class DeadLetter(BaseModel):
    """One failure: which service, which message, which paper of it, why, after how many attempts."""

    model_config = ConfigDict(frozen=True)

    service: str
    subject: str
    event_id: str
    paper_id: str | None = None
    reason: str
    attempts: int
    died_at: AwareDatetime
    body: str
    malformed: bool = False
    number: int = 0

    @property
    def dead_subject(self) -> str:
        """The key under which a repeat of the same failure replaces the earlier one."""
        parts = [self.event_id, folder_name(self.paper_id or "all")]
        reader = "malformed" if self.malformed else self.service
        return ".".join([DEAD_PREFIX, _token(reader), *map(_token, parts)])


def letter_for(service: str, event: Event, paper_id: str | None, reason: str, attempts: int) -> DeadLetter:
    """The letter of a failed event, narrowed to `paper_id` where only that one failed."""
    return DeadLetter(
        service=service,
        subject=event.subject,
        event_id=event.event_id,
        paper_id=paper_id or _only_paper(event),
        reason=reason,
        attempts=attempts,
        died_at=now(),
        body=(narrowed(event, paper_id) if paper_id else event).model_dump_json(),
    )


def malformed_letter(service: str, subject: str, sequence: int, body: bytes, reason: str) -> DeadLetter:
    """The letter of a message that is no event at all."""
    return DeadLetter(
        service=service,
        subject=subject,
        event_id=f"message-{sequence}",
        reason=reason,
        attempts=1,
        died_at=now(),
        body=body.decode("utf-8", "replace"),
        malformed=True,
    )


def narrowed(event: Event, paper_id: str) -> Event:
    """The same event about one paper only, no longer a part of its run's count."""
    changes: dict[str, object] = {"paper_ids": (paper_id,), "last": False, "run_size": None, "failed": ()}
    picks = getattr(event, "picks", ())
    changes["picks"] = tuple(pick for pick in picks if pick.paper_id == paper_id)
    return event.model_copy(update={name: value for name, value in changes.items() if name in type(event).model_fields})


def parse_reason(error: ValidationError) -> str:
    """Why a message is no event, in one line."""
    problems = [f"{'.'.join(map(str, item['loc'])) or 'message'}: {item['msg']}" for item in error.errors()]
    return "Not a valid event: " + "; ".join(problems[:5])


class DeadLetters:
    """The stream of dead letters, as a person or the command line uses it."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js

    async def put(self, letter: DeadLetter) -> None:
        """Store a letter and wait for the server's word."""
        body = letter.model_dump_json(exclude={"number"}).encode()
        await self._js.publish(letter.dead_subject, body, stream=DEAD_STREAM, timeout=5)

    async def count(self) -> int:
        return (await self._js.stream_info(DEAD_STREAM)).state.messages

    async def all(self) -> list[DeadLetter]:
        """Every letter, oldest first."""
        return [letter async for letter in self._read()]

    async def get(self, number: int) -> DeadLetter:
        """One letter by the number that `all()` gives. Raises PapersysError."""
        try:
            message = await self._js.get_msg(DEAD_STREAM, seq=number)
        except NotFoundError as error:
            raise PapersysError(
                f"There is no dead letter number {number}; `papersys dead list` shows those there are."
            ) from error
        return DeadLetter.model_validate_json(message.data or b"").model_copy(update={"number": number})

    async def retry(self, number: int) -> str:
        """Publish the event again as a new one and drop the letter; returns the new id. Raises PapersysError."""
        letter = await self.get(number)
        if letter.malformed:
            raise PapersysError(
                f"Dead letter {number} is no valid event ({letter.reason}); publish a corrected one and drop this."
            )
        event = event_type(letter.subject).model_validate_json(letter.body)
        fresh = {"event_id": uuid.uuid4().hex, "caused_by": event.event_id, "occurred_at": now()}
        again = event.model_copy(update=fresh)
        headers = {"Nats-Msg-Id": again.event_id}
        body = again.model_dump_json().encode()
        await self._js.publish(again.subject, body, stream=STREAM, headers=headers, timeout=5)
        await self.drop(number)
        return again.event_id

    async def drop(self, number: int) -> None:
        """Forget a letter. Raises PapersysError where there is none."""
        await self.get(number)
        await self._js.delete_msg(DEAD_STREAM, number)

    async def _read(self) -> AsyncIterator[DeadLetter]:
        config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE, inactive_threshold=30.0)
        remaining = await self.count()
        reader = await self._js.pull_subscribe(f"{DEAD_PREFIX}.>", stream=DEAD_STREAM, config=config)
        try:
            while remaining > 0:
                messages = await reader.fetch(min(_BATCH, remaining), timeout=2)
                remaining -= len(messages)
                for message in messages:
                    letter = DeadLetter.model_validate_json(message.data)
                    yield letter.model_copy(update={"number": message.metadata.sequence.stream})
        except NatsTimeout:
            return
        finally:
            await reader.unsubscribe()


def event_type(subject: str) -> type[Event]:
    """The class of a subject's events. Raises PapersysError."""
    for event in EVENTS:
        if event.subject == subject:
            return event
    raise PapersysError(f"No event is declared for the subject {subject!r}.")


def _only_paper(event: Event) -> str | None:
    paper_ids: tuple[str, ...] = getattr(event, "paper_ids", ())
    return paper_ids[0] if len(paper_ids) == 1 else None


def _token(text: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in text)
