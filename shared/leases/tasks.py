"""Tasks that one process does at a time, of all that could: each is a lease in NATS."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

from shared.bus.questions.subject_tokens import token
from shared.leases.choice import are_used, keeper
from shared.leases.keeper import Lease
from shared.service.background import Loop

_TASK = "task-"


@contextlib.asynccontextmanager
async def task(name: str) -> AsyncIterator[Lease]:
    """Be the one process that does a task, as soon as no other does. Needs `are_used`."""
    leases = keeper()
    lease = await leases.take_async(token(f"{_TASK}{name}"), f"The task {name}")
    try:
        yield lease
    finally:
        await leases.give_back_async(lease)


def by_one_process(name: str, loop: Loop) -> Loop:
    """The loop, run by one process at a time of all that have it; by this one alone where there are no leases."""

    async def run() -> None:
        if not are_used():
            await loop()
            return
        while True:
            async with task(name) as lease:
                if await _ended_well(loop, lease):
                    return

    return run


def by_one_process_each(loops: Mapping[str, Loop]) -> dict[str, Loop]:
    """Each loop by one process at a time, not all of them by the same."""
    return {name: by_one_process(name, loop) for name, loop in loops.items()}


async def _ended_well(loop: Loop, lease: Lease) -> bool:
    """Run the loop while the lease is held; whether it came to its end. Raises what it raises."""
    running = asyncio.create_task(loop())
    ended = asyncio.create_task(lease.until_ended())
    try:
        await asyncio.wait([running, ended], return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            return False
        await running
        return True
    finally:
        ended.cancel()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
