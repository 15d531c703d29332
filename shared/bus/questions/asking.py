"""One question to the running system from a process that is no service: a plain NATS client, nothing of a broker."""

import asyncio
import socket
from typing import Any
from urllib.parse import urlsplit

import nats
import nats.errors
from nats.aio.client import Client as NatsClient

from shared.bus.questions.replies import parse_reply
from shared.bus.questions.requests import ReplyT
from shared.contracts import Request
from shared.errors import RequestFailed, reason
from shared.settings.settings import BusSettings

NOT_RUNNING = "unavailable"
_LISTEN_SECONDS = 1.0
_CONNECT_SECONDS = 5.0


def listens(urls: str) -> bool:
    """Whether anything accepts connections at one of these addresses: the client itself would try for seconds."""
    return any(map(_listens, urls.split(",")))


def _listens(url: str) -> bool:
    parts = urlsplit(url if "://" in url else f"nats://{url}")
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 4222), timeout=_LISTEN_SECONDS):
            return True
    except OSError:
        return False


async def ask_once(settings: BusSettings, request: Request[ReplyT]) -> ReplyT:
    """The typed reply to a request. Raises RequestFailed, with code `unavailable` at once where no system runs."""
    if not listens(settings.url):
        text = f"papersys is not running (nothing answers at {settings.url}); start it with `papersys up`."
        raise RequestFailed(text, code=NOT_RUNNING, retryable=True)
    try:
        client = await connect(settings)
    except (OSError, nats.errors.Error, TimeoutError) as error:
        text = f"NATS at {settings.url} cannot be used: {reason(error)}"
        raise RequestFailed(text, code=NOT_RUNNING, retryable=True) from error
    try:
        return await _reply(client, request)
    finally:
        await client.close()


async def connect(settings: BusSettings, **options: Any) -> NatsClient:
    """A plain client of the servers in the settings; `options` as `nats.connect` takes them.

    Raises OSError, nats.errors.Error, TimeoutError, SettingsError.
    """
    user, password = settings.credentials()
    given = {"connect_timeout": 3, "allow_reconnect": False, "error_cb": _ignore, "tls": settings.tls(), **options}
    async with asyncio.timeout(_CONNECT_SECONDS):  # the client's own limits do not hold for a first connection
        return await nats.connect(list(settings.servers), user=user, password=password, **given)


async def _reply(client: NatsClient, request: Request[ReplyT]) -> ReplyT:
    name, seconds = request.subject, request.deadline_seconds
    try:
        message = await client.request(name, request.model_dump_json().encode(), timeout=seconds)
    except nats.errors.NoRespondersError as error:
        raise RequestFailed(f"Nobody answers {name} now.", code=NOT_RUNNING, retryable=True) from error
    except (nats.errors.TimeoutError, TimeoutError) as error:
        raise RequestFailed(f"{name} took over {seconds:g} s.", code="deadline", retryable=True) from error
    except nats.errors.Error as error:
        raise RequestFailed(f"{name} failed: {reason(error)}", code="bus", retryable=True) from error
    return parse_reply(message.data, request)


async def _ignore(error: Exception) -> None:
    """Connection errors are raised where they matter."""
