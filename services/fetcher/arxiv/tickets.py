"""The queue before the gate: first come, first served, over all processes of this machine.

Whoever waits holds a ticket: a numbered file that it keeps locked. The next in line sleeps on the lock of the ticket
before its own, which the system lets go when its process ends, however it ends; so nobody polls and a killed process
holds up nobody. A process stands in line once, for the first of its own line: one that asks much does not keep out
one that asks little.
"""

import asyncio
import contextlib
import fcntl
import os
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

_ENDING = ".ticket"


@dataclass(frozen=True)
class _Ticket:
    number: int
    path: Path


class TicketQueue:
    """The line of this process, and its place in the line of all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own_line = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def turn(self, longest_wait_seconds: float) -> AsyncIterator[None]:
        """Be the only one. Raises TimeoutError where the turn does not come in time."""
        async with contextlib.AsyncExitStack() as held:
            async with asyncio.timeout(longest_wait_seconds):
                await held.enter_async_context(self._own_line)
                ticket = held.enter_context(self._ticket())
                while (ahead := self._open_ahead(ticket)) is not None:
                    await _unlocked(ahead)
            yield

    @contextlib.contextmanager
    def _ticket(self) -> Iterator[_Ticket]:
        with self._counter():
            number = max((ticket.number for ticket in self._tickets()), default=0) + 1
            ticket = _Ticket(number, self._folder / f"{number:012d}{_ENDING}")
            descriptor = os.open(ticket.path, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield ticket
        finally:
            ticket.path.unlink(missing_ok=True)
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def _open_ahead(self, ticket: _Ticket) -> int | None:
        """The open file of the living ticket before this one; None at the head. Tickets of the dead are removed."""
        with self._counter():
            for other in sorted(self._tickets(), key=lambda other: -other.number):
                descriptor = _descriptor_of(other.path) if other.number < ticket.number else None
                if descriptor is not None and _is_locked(descriptor):
                    return descriptor
                if descriptor is not None:
                    other.path.unlink(missing_ok=True)
                    os.close(descriptor)
        return None

    def _tickets(self) -> list[_Ticket]:
        names = [path for path in self._folder.glob(f"*{_ENDING}") if path.stem.isdecimal()]
        return [_Ticket(int(path.stem), path) for path in names]

    @contextlib.contextmanager
    def _counter(self) -> Iterator[None]:
        """Held for moments only: tickets are drawn, looked at and removed by one process at a time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._folder / "counter.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _descriptor_of(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


async def _unlocked(descriptor: int) -> None:
    """Wait until the file is unlocked, in a thread that keeps no process from ending; closes the file."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def wait() -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(over.set)

    threading.Thread(target=wait, name="gate-queue", daemon=True).start()
    await over.wait()
