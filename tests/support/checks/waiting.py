"""Wait for a condition with a deadline, never for a time.

Looking takes at most a fifth of the waiting: what is waited for needs the cores.
"""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

_LONGEST_PAUSE = 0.5


async def eventually(condition: Callable[[], object | Awaitable[object]], seconds: float = 60.0) -> None:
    """Return as soon as `condition` holds; fail when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        looked_at = time.monotonic()
        result = condition()
        if inspect.isawaitable(result):
            result = await result
        if result:
            return
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {inspect.getsource(condition).strip()}"
        await asyncio.sleep(_pause(looked_at, 0.02))


def eventually_sync(
    condition: Callable[[], object], seconds: float = 60.0, what: str = "", more: Callable[[], str] = str
) -> None:
    """As `eventually`, where no event loop runs; `more` is asked for what else to say when it fails."""
    deadline = time.monotonic() + seconds
    looked_at = time.monotonic()
    while not condition():
        text = f"not within {seconds:g} s: {what or inspect.getsource(condition).strip()}"
        assert time.monotonic() < deadline, f"{text}\n{more()}"
        time.sleep(_pause(looked_at, 0.05))
        looked_at = time.monotonic()


def _pause(looked_at: float, least: float) -> float:
    return min(_LONGEST_PAUSE, max(least, 4 * (time.monotonic() - looked_at)))
