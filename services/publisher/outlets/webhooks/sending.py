"""Sends one message to one chat, and says what became of it; no address or token is in what it says."""

from collections.abc import Callable
from datetime import datetime

import httpx

from services.publisher.outlets.webhooks.chats.chat import Chat, Message, Place, json_of
from services.publisher.outlets.webhooks.chats.kinds import CHATS
from shared.contracts import now
from shared.errors import PermanentFailure, TemporaryFailure
from shared.hosts.retry_after import wait_asked_for
from shared.settings.sections.webhooks import WebhookSettings
from shared.text.safe.plain_text import shortened

_TIMEOUT_SECONDS = 30.0
_TAKEN = range(200, 300)
_BUSY = (408, 425, 429, 503)
_CLOSED = (401, 403, 404, 405, 410)
_MOVED = range(300, 400)
_FAILED = 500
_MOST_SAID = 200
_MOST_READ = 64 * 1024
_CLOSED_SECONDS = 3_600.0
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Unsure(TemporaryFailure):
    """It was sent and no sound answer came: whether it was shown is not known."""


class Closed(TemporaryFailure):
    """The chat does not let us in; somebody has to do something first."""


class Sender:
    """One connection for each message, because there are few."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime] = now,
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        self._transport, self._clock, self._timeout_seconds = transport, clock, timeout_seconds

    async def send(self, name: str, settings: WebhookSettings, message: Message) -> None:
        """Raises TemporaryFailure (Unsure, Closed), SettingsError, PermanentFailure for what is never taken."""
        chat = CHATS[settings.kind]
        place = Place(settings.address(name), settings.known_token(name), settings.room or "")
        call = chat.call(message, place)
        client = httpx.AsyncClient(
            transport=self._transport, trust_env=True, timeout=self._timeout_seconds, follow_redirects=False
        )
        async with client:
            try:
                answer = await client.request(call.method, call.url, json=call.content, headers=call.headers)
            except (*_UNSENT, httpx.InvalidURL) as error:
                raise TemporaryFailure(f"{chat.name} cannot be reached ({type(error).__name__}).") from None
            except httpx.HTTPError as error:
                text = f"{chat.name} did not answer ({type(error).__name__}) after the message was sent"
                raise Unsure(f"{text}; whether it was shown is not known.") from None
        _look_at(answer, chat, name, place, self._clock())


def _look_at(answer: httpx.Response, chat: Chat, name: str, place: Place, present: datetime) -> None:
    """Raises what the answer stands for."""
    status = answer.status_code
    if status in _TAKEN:
        return
    said = _said(answer, place)
    if status in _BUSY:
        asked = wait_asked_for(answer.headers, present) or chat.wait_asked(answer)
        raise TemporaryFailure(f"{chat.name} is busy ({status}{said}).", retry_in_seconds=asked)
    if status in _CLOSED or status in _MOVED:
        advice = f"make a new {'token' if chat.is_repeatable else 'address'} and put it where webhooks.{name} reads it"
        raise Closed(f"{chat.name} does not let us in ({status}{said}); {advice}.", retry_in_seconds=_CLOSED_SECONDS)
    if status == _FAILED:
        raise TemporaryFailure(f"{chat.name} failed ({status}{said}).")
    if status > _FAILED:
        raise Unsure(f"{chat.name} failed ({status}{said}); whether the message was shown is not known.")
    raise PermanentFailure(f"{chat.name} refused the message ({status}{said}).")


def _said(answer: httpx.Response, place: Place) -> str:
    """What the other side says, without what is secret."""
    body = json_of(answer)
    text = next((str(body[key]) for key in ("error", "message", "errcode") if body.get(key)), "")
    if not text and "html" not in answer.headers.get("content-type", ""):
        text = answer.text[:_MOST_READ]
    text = shortened(text, _MOST_SAID)
    for secret in filter(None, (place.address, place.token, place.address.rpartition("/")[2])):
        text = text.replace(secret, "***")
    return f": {text.rstrip('.')}" if text else ""
