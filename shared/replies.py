"""Requests and their replies on the wire: an answer or a typed error, never a hang and never a bare exception."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts import Reply, Request
from shared.dead_letters import parse_reason
from shared.delivery import reason
from shared.errors import PapersysError, RequestFailed, TemporaryFailure

log = logging.getLogger(__name__)

R = TypeVar("R", bound=Request)
RequestHandler = Callable[[R], Awaitable[Reply]]


class Envelope(BaseModel):
    """A reply on the wire: an answer or a typed error."""

    model_config = ConfigDict(extra="forbid")

    answer: dict[str, Any] | None = None
    error: str | None = None
    code: str = ""
    retryable: bool = False


async def answered(body: bytes, request_class: type[R], handler: RequestHandler[R]) -> Envelope:
    """What `handler` says to a request, whatever becomes of it."""
    try:
        request = request_class.model_validate_json(body)
    except ValidationError as error:
        return Envelope(error=parse_reason(error).replace("event", "request", 1), code="invalid")
    try:
        return Envelope(answer=(await handler(request)).model_dump(mode="json"))
    except RequestFailed as error:
        return Envelope(error=str(error), code=error.code, retryable=error.retryable)
    except TemporaryFailure as error:
        return Envelope(error=reason(error), code="temporary", retryable=True)
    except PapersysError as error:
        return Envelope(error=reason(error), code="permanent")
    except Exception as error:
        log.exception("%s failed", request_class.subject, extra={"action": "request_failed"})
        return Envelope(error=reason(error), code="internal", retryable=True)


def opened(body: bytes, request: Request) -> Reply:
    """The answer in a reply, of the type the request declares. Raises RequestFailed."""
    try:
        envelope = Envelope.model_validate_json(body)
        if envelope.answer is not None:
            return request.reply.model_validate(envelope.answer)
    except ValidationError as error:
        text = f"{request.subject} sent an answer that cannot be read: {reason(error)}"
        raise RequestFailed(text, code="invalid_reply", retryable=False) from error
    raise RequestFailed(envelope.error or "no reason given", code=envelope.code, retryable=envelope.retryable)
