"""`/mcp`: the server over streamable HTTP on the reader's port, behind the reader's own access rules.

The access middleware has looked at host, origin and token before. What speaks the protocol is loaded with the first
request: it takes a second and 35 MB, which who has no agent need not spend.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Protocol

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from services.publisher.access.middleware import is_own_origin
from services.publisher.access.policy import AccessPolicy
from services.publisher.mcp.open_stream import OpenStream

log = logging.getLogger(__name__)

PATH = "/mcp"
METHODS = ("GET", "POST", "DELETE")


class Sessions(Protocol):
    """What answers requests that were let in."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Answer within the block."""

    async def answer(self, scope: Scope, receive: Receive, send: Send, user: str) -> None:
        """Answer a person's request."""


class McpEndpoint:
    """The ASGI app of the path; sessions live in a task of their own, from the first request on."""

    def __init__(self, open_sessions: Callable[[], Sessions], access: AccessPolicy) -> None:
        self._open_sessions, self._access = open_sessions, access
        self._wanted, self._opened, self._closing = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._sessions: Sessions | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer within the block."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._closing.set()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        refusal = _refusal(request.headers, self._access)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        self._wanted.set()
        await self._opened.wait()
        if self._sessions is None:
            await _error(503, "Agents cannot be answered now; the log of the publisher says why.")(scope, receive, send)
            return
        if request.method != "GET":
            await self._sessions.answer(scope, receive, send, request.state.user)
            return
        stream = OpenStream(receive, send, self._closing)
        await self._sessions.answer(scope, stream.receive, stream.send, request.state.user)
        await stream.end()

    async def _run(self) -> None:
        await self._wanted.wait()
        try:
            sessions = await asyncio.to_thread(self._open_sessions)
            async with sessions.running():
                self._sessions = sessions
                self._opened.set()
                await asyncio.Event().wait()
        except Exception:
            log.exception("Agents cannot be answered at %s", PATH, extra={"action": "mcp_failed"})
        finally:
            self._sessions = None
            self._opened.set()


def _refusal(headers: Headers, access: AccessPolicy) -> Response | None:
    """A wrong token is refused even where none is needed: whoever lost theirs must not act as the owner."""
    if "origin" in headers and not is_own_origin(Headers({"origin": headers["origin"], "host": headers["host"]})):
        return _error(403, "Refused: this request comes from another site.")
    given = headers.get("authorization")
    if given is None:
        return None
    scheme, _, token = given.partition(" ")
    if scheme.lower() == "bearer" and access.user_of_token(token.strip()) is not None:
        return None
    return _error(401, "This token opens nothing here; `papersys reader` shows yours.")


def _error(status: int, text: str) -> Response:
    body = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": text}}
    return JSONResponse(body, status_code=status, headers={"WWW-Authenticate": "Bearer"} if status == 401 else {})
