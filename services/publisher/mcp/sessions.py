"""Sessions of agents over streamable HTTP; each belongs to the person who opened it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import Receive, Scope, Send

from services.publisher.mcp.server import PaperServer

_MOST_SESSIONS = 200
_IDLE_SECONDS = 1_800.0
_MOST_BYTES = 1_000_000


class McpSessions:
    """The server's sessions, which can be opened once."""

    def __init__(self, server: PaperServer) -> None:
        server.streamable_http_app(  # makes the sessions' manager; the app itself has no use here
            max_sessions=_MOST_SESSIONS,
            session_idle_timeout=_IDLE_SECONDS,
            max_request_body_size=_MOST_BYTES,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        self._manager = server.session_manager

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer within the block."""
        async with self._manager.run():
            yield

    async def answer(self, scope: Scope, receive: Receive, send: Send, user: str) -> None:
        """Answer a person's request."""
        owner = AccessToken(token="", client_id=user, scopes=[])
        await self._manager.asgi_app({**scope, "user": AuthenticatedUser(owner)}, receive, send)
