"""Wait for a condition with a deadline, never for a time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable


async def eventually(condition: Callable[[], object | Awaitable[object]], seconds: float = 20.0) -> None:
    """Return as soon as `condition` holds; fail when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if inspect.isawaitable(result):
            result = await result
        if result:
            return
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {inspect.getsource(condition).strip()}"
        await asyncio.sleep(0.02)


def eventually_sync(
    condition: Callable[[], object], seconds: float = 20.0, what: str = "", more: Callable[[], str] = str
) -> None:
    """As `eventually`, where no event loop runs; `more` is asked for what else to say when it fails."""
    deadline = time.monotonic() + seconds
    while not condition():
        text = f"not within {seconds:g} s: {what or inspect.getsource(condition).strip()}"
        assert time.monotonic() < deadline, f"{text}\n{more()}"
        time.sleep(0.05)
