"""Requests and their replies on the wire: an answer or a typed error, never a hang and never a bare exception."""

import logging
import math
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.bus.delivery.dead_letters import parse_reason
from shared.bus.questions.requests import Answerable, HandlerT, ReplyT
from shared.contracts import Request
from shared.errors import PapersysError, RequestFailed, TemporaryFailure, reason

log = logging.getLogger(__name__)


class Envelope(BaseModel):
    """A reply on the wire: an answer or a typed error, and the wait that the error asks for, if any."""

    model_config = ConfigDict(extra="ignore")

    answer: dict[str, Any] | None = None
    error: str | None = None
    code: str = ""
    retryable: bool = False
    retry_in_seconds: float | None = None

    def as_bytes(self, most: int | None = None) -> bytes:
        """The reply as it is sent; one of more than `most` bytes, or that is no Unicode, becomes an error that says so.

        What is not set is left out: a service of an earlier version knows no waits.
        """
        try:
            body = self.model_dump_json(exclude_none=True).encode()
        except ValueError as error:
            return Envelope(error=f"The answer cannot be sent: {reason(error)}", code="unsendable").as_bytes()
        if most is not None and len(body) > most:
            text = f"The answer has {len(body)} bytes, more than the {most} that NATS takes."
            return Envelope(error=text, code="too_large").as_bytes()
        return body


async def handle_request(body: bytes, request_class: Answerable[HandlerT], handler: HandlerT) -> Envelope:
    """The reply of `handler` to a request, or the error that it ended in."""
    try:
        reply = request_class.dispatch(body, handler)
    except ValidationError as error:
        return Envelope(error=f"Not a valid request: {parse_reason(error)}", code="invalid")
    try:
        return Envelope(answer=(await reply).model_dump(mode="json"))
    except RequestFailed as error:
        return _refusal(error, error.code, retryable=error.retryable, wait=error.retry_in_seconds)
    except TemporaryFailure as error:
        return _refusal(error, "temporary", retryable=True, wait=error.retry_in_seconds)
    except PapersysError as error:
        return _refusal(error, "permanent", retryable=False)
    except Exception as error:
        log.exception("%s failed", request_class.subject, extra={"action": "request_failed"})
        return _refusal(error, "internal", retryable=True)


def parse_reply(body: bytes, request: Request[ReplyT]) -> ReplyT:
    """The answer in a reply, of the type the request declares. Raises RequestFailed."""
    try:
        envelope = Envelope.model_validate_json(body)
        if envelope.answer is not None:
            return request.reply_type().model_validate(envelope.answer)
        if envelope.error is None:
            raise ValueError("neither an answer nor an error")
    except ValueError as error:
        why = parse_reason(error) if isinstance(error, ValidationError) else str(error)
        text = f"{request.subject} sent an answer that cannot be read: {why}"
        raise RequestFailed(text, code="invalid_reply", retryable=False) from error
    raise RequestFailed(
        envelope.error, code=envelope.code, retryable=envelope.retryable, retry_in_seconds=envelope.retry_in_seconds
    )


def _refusal(error: Exception, code: str, *, retryable: bool, wait: float | None = None) -> Envelope:
    sendable = wait if wait is not None and math.isfinite(wait) else None
    return Envelope(error=reason(error), code=code, retryable=retryable, retry_in_seconds=sendable)
