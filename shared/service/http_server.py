"""Uvicorn with limits: half-sent requests, idle peers and floods of connections neither stop a port nor fill the log.

Uvicorn has no time limit for a request's head or body, nor for a peer that does not read, and asyncio logs a traceback
for each of up to `backlog` connections when file handles run out. So there are three things here: a deadline for all
that a peer owes us, a ceiling on connections (whoever has asked for nothing yet makes room), and more file handles.
"""

import asyncio
import resource
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from shared.settings.settings import HttpSettings

_OPEN_CONNECTIONS_SECONDS = 2
_BACKLOG = 64
_HANDLES_A_PORT = 4
"""At most a quarter of the file handles for the connections of one port."""
_READING = "the rest of an answer is to be read"


def server_config(app: ASGIApp, settings: HttpSettings, **options: Any) -> uvicorn.Config:
    """How every port of ours is served; `options` are uvicorn's own."""
    handles = raised_file_limit()
    ceiling = min(settings.max_connections, max(8, handles // _HANDLES_A_PORT))

    class Protocol(LimitedProtocol):
        idle_seconds = settings.idle_seconds
        max_connections = ceiling

    common = {
        "http": Protocol,
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "backlog": _BACKLOG,
        "timeout_graceful_shutdown": _OPEN_CONNECTIONS_SECONDS,
    }
    return uvicorn.Config(app, **{**common, **options})


def raised_file_limit() -> int:
    """As many file handles as the system lets us have without asking."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return wanted if soft == resource.RLIM_INFINITY else soft


class LimitedProtocol(H11Protocol):
    """One connection, which is closed when its peer keeps us waiting."""

    idle_seconds = 10.0
    max_connections = 256

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._deadline: asyncio.TimerHandle | None = None
        self._awaited: Any = None
        self._waiting_since = self.loop.time()
        self._is_dropped = False
        super().connection_made(transport)
        if len(self.connections) > self.max_connections:
            self._make_room()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._set_deadline(None)
        super().connection_lost(exc)

    def handle_events(self) -> None:
        super().handle_events()
        self._watch()

    def on_response_complete(self) -> None:
        self._waiting_since = self.loop.time()
        super().on_response_complete()
        self._watch()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._watch()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._set_deadline(_READING)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._set_deadline(None)
        self._watch()

    @property
    def is_asking(self) -> bool:
        """Whether a whole request has come that is not answered yet."""
        cycle = self.cycle
        return cycle is not None and not cycle.more_body and not cycle.response_complete

    def _watch(self) -> None:
        """One deadline for a head, one for a body, however slowly their bytes come; none while we are at work."""
        if self.transport.is_closing():
            self._set_deadline(_READING)
        if self._awaited is _READING:
            return
        state = self.conn.their_state
        is_owed = state in (h11.IDLE, h11.SEND_BODY) and self.timeout_keep_alive_task is None
        self._set_deadline(state if is_owed else None)

    def _set_deadline(self, awaited: Any) -> None:
        if awaited is not None and awaited is self._awaited:
            return
        if self._deadline is not None:
            self._deadline.cancel()
        self._awaited = awaited
        self._deadline = None if awaited is None else self.loop.call_later(self.idle_seconds, self.transport.abort)

    def _make_room(self) -> None:
        """Close the one that has asked for nothing for longest; where all are being answered, the newcomer goes."""
        limited = (
            connection
            for connection in self.connections
            if isinstance(connection, LimitedProtocol) and connection is not self
        )
        others = [connection for connection in limited if not (connection.is_asking or connection._is_dropped)]
        min(others, key=lambda connection: connection._waiting_since, default=self)._drop()

    def _drop(self) -> None:
        self._is_dropped = True
        self.transport.abort()
