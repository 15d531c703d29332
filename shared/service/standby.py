"""A service of which one process works at a time: further ones stand by, on any machine, and one of them takes over.

The service's own app is started when the lease on its task is held. Until then its health pages say that it stands by,
which is all it has to do, so it counts as ready.
"""

import asyncio
import logging
from collections.abc import Callable

from fastapi import FastAPI
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import Receive, Scope, Send

from shared.errors import reason
from shared.leases.keeper import Lease
from shared.leases.tasks import task

log = logging.getLogger(__name__)


class OneAtATime:
    """An ASGI app around the service's. `end_process` is called when it cannot go on; it is to be started anew then."""

    def __init__(self, app: FastAPI, service: str) -> None:
        self.end_process: Callable[[], None] = lambda: None
        self.has_failed = False
        self._app = app
        self._service = service
        self._is_active = False
        self._stopping = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._is_active:
            await self._app(scope, receive, send)
        elif scope["path"].startswith("/health/"):
            await self._standing_by(scope["path"])(scope, receive, send)
        else:
            await PlainTextResponse("This process stands by.\n", status_code=503)(scope, receive, send)

    def _standing_by(self, path: str) -> JSONResponse:
        if path.endswith("/live"):
            return JSONResponse({"service": self._service, "status": "alive"})
        notes = {"standby": f"another process is the {self._service} now; this one takes over when that one ends"}
        return JSONResponse({"service": self._service, "status": "ready", "problems": {}, "notes": notes})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        working = asyncio.create_task(self._work())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._stopping.set()
        if not self._is_active:
            working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})

    async def _work(self) -> None:
        facts = {"action": "standby"}
        log.info("This process stands by: it is the %s when no other is.", self._service, extra=facts)
        try:
            async with task(self._service) as lease, self._app.router.lifespan_context(self._app):
                self._is_active = True
                log.info("This process is the %s now.", self._service, extra={"action": "took_over"})
                await self._until_stopped_or_ended(lease)
            if self._stopping.is_set():
                return
            log.error("Another process has become the %s while this one stood still.", self._service, extra=facts)
        except Exception as error:
            log.exception("The %s cannot work: %s", self._service, reason(error), extra=facts)
        finally:
            self._is_active = False
        self.has_failed = True
        self.end_process()

    async def _until_stopped_or_ended(self, lease: Lease) -> None:
        waits = [asyncio.create_task(self._stopping.wait()), asyncio.create_task(lease.until_ended())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
