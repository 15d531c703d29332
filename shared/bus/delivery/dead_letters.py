"""Dead letters: messages that could not be handled, kept with the reason until a person retries or drops them.

Anybody may have put anything on these subjects, and earlier versions wrote letters of another form: what cannot be read
is a letter too, which says so.
"""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

import nats.errors
from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.bus.questions.subject_tokens import token
from shared.bus.streams import DEAD_PREFIX, DEAD_STREAM
from shared.contracts import EVENTS, STREAM, Event, now
from shared.errors import PapersysError
from shared.paper_ids import PaperId, folder_name
from shared.text.safe.json_text import parse_json
from shared.text.safe.plain_text import shortened

_MOST_BYTES = 900_000
_FEWEST_BYTES = 10_000
_MALFORMED_BODY_CHARS = 16_000

Id = Annotated[str, Field(max_length=200)]
Name = Annotated[str, Field(max_length=200), AfterValidator(shortened)]
Reason = Annotated[str, AfterValidator(shortened)]
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))]


class DeadLetter(BaseModel):
    """One failure: which service, which message, which paper of it, why, after how many attempts.

    `malformed`: the message is no event; `cut`: it is not here as a whole. Neither can be tried again.
    """

    model_config = ConfigDict(frozen=True)

    service: Name
    subject: Name
    event_id: Id = ""
    paper_id: PaperId | None = None
    reason: Reason
    attempts: int = Field(default=0, ge=0, le=1_000_000_000)
    died_at: Moment = Field(default_factory=now)
    body: str
    malformed: bool = False
    cut: bool = False
    number: int = 0

    @property
    def dead_subject(self) -> str:
        """The key under which a repeat of the same failure replaces the earlier one."""
        reader = "malformed" if self.malformed else self.service
        paper = folder_name(self.paper_id or "all").replace(".", "_")
        return ".".join([DEAD_PREFIX, token(reader), token(self.event_id), paper])

    def as_bytes(self, most: int = _MOST_BYTES) -> bytes:
        """The letter on the wire, with as much of its message as `most` bytes have room for."""
        letter = self
        while len(written := letter.model_dump_json(exclude={"number"}).encode()) > most and letter.body:
            kept = len(letter.body) * most // (2 * len(written))
            letter = letter.model_copy(update={"body": letter.body[:kept], "cut": True})
        return written


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
    """The letter of a message that is no event at all; its beginning is enough to see what it is."""
    text = body[: 4 * _MALFORMED_BODY_CHARS].decode("utf-8", "replace")[:_MALFORMED_BODY_CHARS]
    return DeadLetter(
        service=service,
        subject=subject,
        event_id=f"message-{sequence}",
        reason=reason,
        attempts=1,
        died_at=now(),
        body=text,
        malformed=True,
        cut=len(text.encode()) < len(body),
    )


def read_letter(data: bytes, subject: str, number: int, stored_at: datetime | None = None) -> DeadLetter:
    """The letter in a message; one that says that it cannot be read where it is none."""
    try:
        content = parse_json(data)
        if not isinstance(content, dict):
            raise ValueError("a JSON object is needed")
        defaults: dict[str, Any] = {"died_at": stored_at} if stored_at else {}
        return DeadLetter.model_validate({**defaults, **content, "number": number})
    except ValueError as error:
        why = parse_reason(error) if isinstance(error, ValidationError) else str(error)
        letter = malformed_letter(
            "unknown", shortened(subject, 200), number, data, f"This letter cannot be read: {why}"
        )
        return letter.model_copy(update={"number": number, "attempts": 0, "died_at": stored_at or now()})


def narrowed(event: Event, paper_id: str) -> Event:
    """The same event about one paper only, no longer a part of its run's count."""
    changes: dict[str, object] = {"paper_ids": (paper_id,), "last": False, "run_size": None, "failed": ()}
    picks = getattr(event, "picks", ())
    changes["picks"] = tuple(pick for pick in picks if pick.paper_id == paper_id)
    return event.model_copy(update={name: value for name, value in changes.items() if name in type(event).model_fields})


def parse_reason(error: ValidationError) -> str:
    """Why something is not of the form it should have, in one line."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    problems = [f"{'.'.join(map(str, item['loc'])) or 'message'}: {_words_of(item['msg'])}" for item in errors[:5]]
    return shortened("; ".join(shortened(problem, 300) for problem in problems))


def _words_of(message: str) -> str:
    return message.removeprefix("Value error, ")  # pydantic's, before the words of a validator


class DeadLetters:
    """The stream of dead letters, as a person or the command line uses it."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js

    async def put(self, letter: DeadLetter) -> None:
        """Store a letter and wait for the server's word; a server that takes only small messages gets a short one."""
        try:
            await self._put(letter, letter.as_bytes())
        except nats.errors.MaxPayloadError:
            await self._put(letter, letter.as_bytes(_FEWEST_BYTES))

    async def count(self) -> int:
        return (await self._js.stream_info(DEAD_STREAM)).state.messages

    async def all(self) -> list[DeadLetter]:
        """Every letter, oldest first, readable or not."""
        return [letter async for letter in self._read()]

    async def get(self, number: int) -> DeadLetter:
        """One letter by the number that `all()` gives. Raises PapersysError."""
        try:
            return _letter_in(await self._js.get_msg(DEAD_STREAM, seq=number))
        except APIError as error:
            raise _no_such_letter(number, error) from error

    async def retry(self, number: int) -> str:
        """Publish the event again as a new one and drop the letter; returns the new id. Raises PapersysError."""
        event = _event_in(await self.get(number))
        fresh = {"event_id": uuid.uuid4().hex, "caused_by": event.event_id, "occurred_at": now()}
        again = event.model_copy(update=fresh)
        headers = {"Nats-Msg-Id": again.event_id}
        body = again.model_dump_json().encode()
        await self._js.publish(again.subject, body, stream=STREAM, headers=headers, timeout=5)
        await self.drop(number)
        return again.event_id

    async def drop(self, number: int) -> None:
        """Forget a letter. Raises PapersysError where there is none."""
        try:
            await self._js.delete_msg(DEAD_STREAM, number)
        except APIError as error:
            raise _no_such_letter(number, error) from error

    async def _put(self, letter: DeadLetter, body: bytes) -> None:
        await self._js.publish(letter.dead_subject, body, stream=DEAD_STREAM, timeout=5)

    async def _read(self) -> AsyncIterator[DeadLetter]:
        """One by one from the stream itself: a consumer takes messages with certain headers for the server's own."""
        state = (await self._js.stream_info(DEAD_STREAM)).state
        number = state.first_seq
        while number <= state.last_seq:
            try:
                message = await self._js.get_msg(DEAD_STREAM, seq=number, subject=f"{DEAD_PREFIX}.>", next=True)
            except NotFoundError:
                return
            yield _letter_in(message)
            number = (message.seq or number) + 1


def event_type(subject: str) -> type[Event]:
    """The class of a subject's events. Raises PapersysError."""
    for event in EVENTS:
        if event.subject == subject:
            return event
    raise PapersysError(f"No event is declared for the subject {subject!r}.")


def _letter_in(message: RawStreamMsg) -> DeadLetter:
    return read_letter(message.data or b"", message.subject or "", message.seq or 0, message.time)


def _event_in(letter: DeadLetter) -> Event:
    """The event to try again. Raises PapersysError where the letter holds none."""
    advice = "publish a corrected one and drop this."
    if letter.malformed or letter.cut:
        why = letter.reason if letter.malformed else "it was too large to be kept whole"
        raise PapersysError(f"Dead letter {letter.number} is no valid event ({why}); {advice}")
    try:
        return event_type(letter.subject).model_validate(parse_json(letter.body))
    except ValueError as error:
        why = parse_reason(error) if isinstance(error, ValidationError) else str(error)
        raise PapersysError(f"Dead letter {letter.number} holds no event of today ({why}); {advice}") from error


def _no_such_letter(number: int, error: APIError) -> Exception:
    if isinstance(error, ServiceUnavailableError):
        return error
    return PapersysError(f"There is no dead letter number {number} any more.")


def _only_paper(event: Event) -> str | None:
    paper_ids: tuple[str, ...] = getattr(event, "paper_ids", ())
    return paper_ids[0] if len(paper_ids) == 1 else None
