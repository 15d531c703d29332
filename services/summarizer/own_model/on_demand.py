"""llama-server on demand: the first question starts it, a long silence stops it."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal

from services.summarizer.own_model.server import RunningServer
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure

log = logging.getLogger(__name__)

_HOLD_SECONDS = 45.0
"""How long a question waits for a model that loads; a longer silence would be taken for a dead server."""
_LOADING_SECONDS = 5.0
_AFTER_FAILURE_SECONDS = 10.0
_GIVEN_UP_SECONDS = 600.0
_MOST_FAILURES = 3
_LOOK_SECONDS = 0.5

State = Literal["asleep", "loading", "awake"]


class OnDemandServer:
    """At most one llama-server. `start` brings one up whose model is loaded; it raises PapersysError."""

    def __init__(
        self,
        start: Callable[[], Awaitable[RunningServer]],
        idle_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        hold_seconds: float = _HOLD_SECONDS,
    ) -> None:
        self._start = start
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._hold_seconds = hold_seconds
        self._server: RunningServer | None = None
        self._starting: asyncio.Task[RunningServer] | None = None
        self._changing = asyncio.Lock()
        self._users = 0
        self._last_used = clock()
        self._failures: list[float] = []
        self._failure: PapersysError | None = None

    @property
    def state(self) -> State:
        if self._server is not None and self._server.is_running:
            return "awake"
        return "loading" if self._starting is not None else "asleep"

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server is not None and self._server.is_running else None

    def note(self) -> str | None:
        """Why it did not start the last time; None where it did."""
        return str(self._failure) if self._failure is not None else None

    @contextlib.asynccontextmanager
    async def in_use(self) -> AsyncIterator[str]:
        """The address of a server that is loaded, and that stays at least as long as the block.

        Raises TemporaryFailure while it loads, PermanentFailure where a person has to mend something.
        """
        self._users += 1
        try:
            yield (await self._running()).address
        finally:
            self._users -= 1
            self._last_used = self._clock()

    async def watch(self) -> None:
        """Never returns: notices when the server ends, and stops it when nobody has asked for long."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            server = self._server
            if server is not None and not server.is_running:
                self._server = None
                text = "llama-server ended (%s): %s"
                log.warning(text, await server.until_end(), server.last_words(), extra={"action": "model_ended"})
            elif server is not None and self._is_idle():
                log.info("Nobody asked for a while: the model leaves the memory.", extra={"action": "model_asleep"})
                await self.stop()

    async def stop(self) -> None:
        """Stop the server, and one that is starting."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        async with self._changing:
            server, self._server = self._server, None
            if server is not None:
                await server.stop()

    def _is_idle(self) -> bool:
        silence = self._clock() - self._last_used
        return self._idle_seconds > 0 and self._users == 0 and silence >= self._idle_seconds

    async def _running(self) -> RunningServer:
        if self._server is not None and self._server.is_running:
            return self._server
        if self._starting is None:
            self._refuse_after_failures()
            self._starting = asyncio.create_task(self._started())
            self._starting.add_done_callback(self._on_started)
        try:
            return await asyncio.wait_for(asyncio.shield(self._starting), self._hold_seconds)
        except TimeoutError as error:
            raise TemporaryFailure("The model is being loaded.", retry_in_seconds=_LOADING_SECONDS) from error

    async def _started(self) -> RunningServer:
        async with self._changing:
            self._server = await self._start()
            self._last_used = self._clock()
            return self._server

    def _on_started(self, task: "asyncio.Task[RunningServer]") -> None:
        self._starting = None
        if task.cancelled():
            return
        error = task.exception()
        self._failure = error if isinstance(error, PapersysError) else None
        if error is None:
            self._failures.clear()
        elif isinstance(error, TemporaryFailure) and error.retry_in_seconds is None:
            self._failures.append(self._clock())
            log.warning("The model did not start: %s", error, extra={"action": "model_not_started"})

    def _refuse_after_failures(self) -> None:
        """A server that just failed is not started again at once. Raises TemporaryFailure, or PermanentFailure."""
        if not self._failures:
            return
        since = self._clock() - self._failures[-1]
        if len(self._failures) >= _MOST_FAILURES and since < _GIVEN_UP_SECONDS:
            raise PermanentFailure(f"The model did not start {len(self._failures)} times in a row: {self._failure}")
        if since < _AFTER_FAILURE_SECONDS:
            text = f"The model did not start: {self._failure}"
            raise TemporaryFailure(text, retry_in_seconds=_AFTER_FAILURE_SECONDS - since)
