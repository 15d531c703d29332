"""The loops of a service: one place that runs them, starts those again that died, and says while one is down."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import PapersysError, reason

log = logging.getLogger(__name__)

Loop = Callable[[], Coroutine[Any, Any, None]]

_DELAYS_SECONDS = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
_WELL_AFTER_SECONDS = 300.0
_LONGEST_PROBATION_SECONDS = 10.0


@dataclass(frozen=True)
class _Death:
    """A loop ended with an error. It counts as down until it has run again for a while."""

    text: str
    until: float


class Background:
    """Runs each loop until the service stops. A loop that returns has nothing left to do; one that raises is ill."""

    def __init__(
        self,
        loops: Mapping[str, Loop],
        delays_seconds: tuple[float, ...] = _DELAYS_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._loops = loops
        self._delays_seconds = delays_seconds
        self._clock = clock
        self._sleep = sleep
        self._deaths: dict[str, _Death] = {}

    def problem(self) -> str | None:
        """Which loops are down and why; None while all run. A readiness check."""
        texts = [death.text for death in self._deaths.values() if death.until > self._clock()]
        return "; ".join(texts) or None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the loops beside the block; at its end they are cancelled and waited for."""
        tasks = [asyncio.create_task(self._keep(name, loop), name=name) for name, loop in self._loops.items()]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, name: str, loop: Loop) -> None:
        failures = 0
        while True:
            started = self._clock()
            error = await _error_of(loop)
            if error is None:
                self._deaths.pop(name, None)
                return
            if self._clock() - started >= _WELL_AFTER_SECONDS:
                failures = 0
            delay = self._delays_seconds[min(failures, len(self._delays_seconds) - 1)]
            failures += 1
            self._note(name, error, delay)
            await self._sleep(delay)

    def _note(self, name: str, error: Exception, delay: float) -> None:
        text = f"{name} stopped ({reason(error)}) and starts again in {delay:g} s"
        self._deaths[name] = _Death(text, self._clock() + delay + min(delay, _LONGEST_PROBATION_SECONDS))
        unforeseen = None if isinstance(error, PapersysError) else error
        log.error("The loop %s.", text, extra={"action": "loop_died", "loop": name}, exc_info=unforeseen)


async def _error_of(loop: Loop) -> Exception | None:
    """Run a loop to its end: its error, or None. A cancellation that nobody asked this task for is an error too."""
    try:
        await loop()
    except Exception as error:
        return error
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return RuntimeError("it was cancelled from within")
    return None
