"""What became of a request to Notion that failed, and what to do then.

Status codes: https://developers.notion.com/reference/status-codes
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from notion_client.errors import HTTPResponseError, RequestTimeoutError

from shared.errors import PermanentFailure, TemporaryFailure
from shared.hosts.retry_after import wait_asked_for
from shared.text.safe.plain_text import shortened

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _CONFLICT = 401, 403, 404, 409
_OVERLOADED = (429, 529)
_SERVER_ERRORS = 500
_BACKOFF_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0)
_LONGEST_WAIT_SECONDS = 60.0
_AWAY_SECONDS = 300.0
_CLOSED_SECONDS = 300.0
_INTEGRATIONS = "https://www.notion.so/profile/integrations"


class NotionAway(TemporaryFailure):
    """Notion cannot be reached, or asks for a long wait; nothing is lost meanwhile."""


class NotionClosed(TemporaryFailure):
    """Notion does not let us in; its owner has to do something first."""


class Unsure(TemporaryFailure):
    """A write was sent and no answer came: it may have been carried out."""


class NotionRefused(PermanentFailure):
    """Notion will never take this request as it is."""


class Gone(NotionRefused):
    """What the request is about is in the trash, or not shared with the connection."""


@dataclass(frozen=True)
class Again:
    """Send it again after so many seconds."""

    seconds: float


def next_step(
    error: Exception, attempt: int, *, is_repeatable: bool, present: datetime
) -> Again | TemporaryFailure | PermanentFailure:
    """What to do after the failure number `attempt` (from 0) of one request: try again, or what to raise.

    A request is repeatable where sending it twice does the same as once. What was refused for lack of room (429, 529)
    or for a conflict (409) was not carried out, so it is always sent again.
    """
    if isinstance(error, HTTPResponseError):
        return _after_answer(error, attempt, is_repeatable=is_repeatable, present=present)
    was_sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    why = "did not answer in time" if isinstance(error, RequestTimeoutError) else f"cannot be reached ({_name(error)})"
    return _later(f"Notion {why}", attempt, is_sure=is_repeatable or not was_sent)


def _after_answer(
    error: HTTPResponseError, attempt: int, *, is_repeatable: bool, present: datetime
) -> Again | TemporaryFailure | PermanentFailure:
    status = error.status
    if status in _OVERLOADED:
        return _after_overload(error, attempt, present)
    if status == _CONFLICT or status >= _SERVER_ERRORS:
        return _later(f"Notion failed with {status}", attempt, is_sure=is_repeatable or status == _CONFLICT)
    return _refusal(status, message_of(error))


def _after_overload(error: HTTPResponseError, attempt: int, present: datetime) -> Again | NotionAway:
    asked = wait_asked_for(error.headers, present)
    seconds = _BACKOFF_SECONDS[min(attempt, len(_BACKOFF_SECONDS) - 1)] if asked is None else asked
    if seconds > _LONGEST_WAIT_SECONDS:
        return NotionAway(f"Notion asks to wait for {seconds:.0f} s ({error.status}).", retry_in_seconds=seconds)
    return Again(seconds)


def _later(why: str, attempt: int, *, is_sure: bool) -> Again | TemporaryFailure:
    if not is_sure:
        return Unsure(f"{why}; whether it was carried out is not known.", retry_in_seconds=_AWAY_SECONDS)
    if attempt < len(_BACKOFF_SECONDS):
        return Again(_BACKOFF_SECONDS[attempt])
    return NotionAway(f"{why}, {attempt + 1} times in a row.", retry_in_seconds=_AWAY_SECONDS)


def _refusal(status: int, message: str) -> TemporaryFailure | PermanentFailure:
    if status == _UNAUTHORIZED:
        return NotionClosed(
            f"Notion does not accept the token (401: {message}): it is wrong, was revoked or has expired. Copy the "
            f"connection's secret anew from {_INTEGRATIONS} into the file of notion.token_file, or into "
            "PAPERSYS_NOTION__TOKEN; what waits is written then.",
            retry_in_seconds=_CLOSED_SECONDS,
        )
    if status == _FORBIDDEN:
        return NotionClosed(
            f"Notion does not allow this (403: {message}). The connection needs the capabilities to read, insert and "
            f"update content: {_INTEGRATIONS}.",
            retry_in_seconds=_CLOSED_SECONDS,
        )
    if status == _NOT_FOUND or "archived" in message.casefold() or "in_trash" in message.casefold():
        return Gone(f"Notion does not find it ({status}: {message})")
    return NotionRefused(f"Notion refused it ({status}: {message})")


def message_of(error: HTTPResponseError) -> str:
    """What the answer says, on one line; the client keeps it only for the codes that it knows."""
    try:
        body: Any = json.loads(error.body)
    except (TypeError, ValueError):
        body = None
    text = body.get("message") if isinstance(body, dict) else None
    return shortened(text if isinstance(text, str) and text else str(error), 300).rstrip(".")


def _name(error: Exception) -> str:
    return shortened(str(error), 200) or type(error).__name__
