"""The reader's own port, beside the health port of the service, in the same process and event loop."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Iterator, Sequence

import uvicorn
from fastapi import FastAPI

from shared.errors import PapersysError
from shared.hosts.addresses import url_host
from shared.service.http_server import server_config
from shared.settings.settings import HttpSettings

log = logging.getLogger(__name__)

_BACKLOG = 128


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PapersysError that says what to do when the port cannot be had."""
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=_BACKLOG
        )
    except OSError as error:
        raise PapersysError(
            f"The reader cannot listen on {host} port {port} ({error.strerror or error}); "
            "stop the program that has it, or set publisher.port to another port."
        ) from error
    # asyncio sets this only on sockets that name their protocol; without it the second write of an answer waits 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class ReaderServer:
    """Serves an app on a socket for as long as the service runs."""

    def __init__(
        self, app: FastAPI, listener: socket.socket, settings: HttpSettings, trusted_proxies: Sequence[str] = ()
    ) -> None:
        config = server_config(
            app,
            settings,
            lifespan="off",
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
        )
        self._server = _QuietServer(config)
        self._listener = listener
        self._task: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve within the block; open requests may end."""
        self._task = asyncio.create_task(self._server.serve([self._listener]))
        host, port = self._listener.getsockname()[:2]
        log.info("The reader is at http://%s:%s/", url_host(host), port, extra={"action": "reader_started"})
        try:
            yield
        finally:
            self._server.should_exit = True
            await asyncio.gather(self._task, return_exceptions=True)

    async def ended(self) -> None:
        """Wait for an end that nobody asked for. Raises PapersysError, or what ended it."""
        if self._task is not None:
            await asyncio.shield(self._task)
        raise PapersysError("the reader has stopped")

    def problem(self) -> str | None:
        """Why nobody can read; None while the reader serves."""
        if self._task is None or not self._server.started:
            return "the reader has not started yet"
        return "the reader has stopped" if self._task.done() else None


class _QuietServer(uvicorn.Server):
    """Leaves signals to the server of the health port, whose end ends this one too."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
