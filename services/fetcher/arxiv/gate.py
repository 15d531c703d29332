"""The one gate to a server for the whole machine: one request at a time, none too soon, and none at all after a 403.

Its state lies in files, so that every process and every restart keeps the same pace and the same pauses.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.fetcher.arxiv.tickets import TicketQueue
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder

MAX_WAIT_SECONDS = 86_400.0
_QUEUE_SECONDS = 600.0
_MARGIN = 1.02  # a request that travels faster than the one before it must not come too early
_STOPPED_RETRY_SECONDS = 3600.0


class ArxivStopped(TemporaryFailure):
    """arXiv refused us with a 403: nothing is asked until a person has acted."""


@dataclass(frozen=True)
class Pacing:
    """At least `pace_seconds` between two requests; a longer wait than `patience_seconds` goes back to the caller.

    `failure_waits_seconds` are the waits after the first failure, the second, and so on, where arXiv names none.
    """

    pace_seconds: float
    patience_seconds: float
    failure_waits_seconds: tuple[float, ...]


@dataclass(frozen=True)
class GateState:
    """Seconds are of the wall clock (Unix time), so that they hold across processes and restarts.

    `demanded_until` is the part of `closed_until` that arXiv asked for; the rest is our own caution.
    """

    asked_at: float = 0.0
    closed_until: float = 0.0
    demanded_until: float = 0.0
    failures: int = 0
    failing_since: float | None = None
    problem: str = ""

    def wait_seconds(self, now: float, pace_seconds: float) -> float:
        """How long the next request has to wait; a clock that was set back never makes it wait longer than a pace."""
        since = max(0.0, now - self.asked_at)
        closed = self.closed_until - now
        return max(pace_seconds - since if self.asked_at else 0.0, closed if closed <= MAX_WAIT_SECONDS else 0.0, 0.0)

    def after_failure(self, now: float, problem: str, wait_seconds: float, is_demanded: bool) -> "GateState":
        """The state once arXiv has failed: closed for `wait_seconds`."""
        return replace(
            self,
            closed_until=now + wait_seconds,
            demanded_until=now + wait_seconds if is_demanded else self.demanded_until,
            failures=self.failures + 1,
            failing_since=self.failing_since if self.failing_since is not None else now,
            problem=problem,
        )

    def after_success(self) -> "GateState":
        return GateState(asked_at=self.asked_at)

    def reopened(self, now: float) -> "GateState":
        """Our own caution is over; a pause that arXiv asked for and that still runs is not."""
        is_demanded = now < self.demanded_until <= now + MAX_WAIT_SECONDS
        return replace(self, closed_until=self.demanded_until) if is_demanded else self.after_success()


class Gate:
    """Whoever holds a turn may send one request; waits that are longer than patience go back to the caller."""

    def __init__(
        self,
        data: DataFolder,
        pacing: Pacing,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        server: str = "arXiv",
        folder: tuple[str, ...] = (),
    ) -> None:
        """`server` is whom it leads to, `folder` where its state lies below `state/fetcher`."""
        self._data = data
        self._server = server
        self._folder = data.path("state", "fetcher", *folder)
        self._pace_seconds = pacing.pace_seconds * _MARGIN
        self._patience_seconds = pacing.patience_seconds
        self._failure_waits_seconds = pacing.failure_waits_seconds
        self._clock = clock
        self._sleep = sleep
        self._queue = TicketQueue(self._folder / "queue")

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold the gate for one request. Raises TemporaryFailure with the wait, ArxivStopped after a 403."""
        async with self._alone():
            self._check_stop()
            await self._wait()
            self._write(replace(self.state(), asked_at=self._clock()))
            yield

    def slow_down(self, pace_seconds: float) -> None:
        """Keep at least this pace: the server asks for it."""
        self._pace_seconds = max(self._pace_seconds, pace_seconds * _MARGIN)

    def sent(self) -> None:
        """The request of this turn has left only now; a connection had to be made first."""
        self._write(replace(self.state(), asked_at=self._clock()))

    def succeeded(self) -> None:
        """The request of this turn went well."""
        state = self.state()
        if state.failures or state.closed_until:
            self._write(state.after_success())

    def failed(self, problem: str, asked_wait_seconds: float | None) -> float:
        """The request of this turn failed; returns how long the gate is closed now."""
        state = self.state()
        waits = self._failure_waits_seconds
        wait = asked_wait_seconds if asked_wait_seconds is not None else waits[min(state.failures, len(waits) - 1)]
        self._write(state.after_failure(self._clock(), problem, wait, asked_wait_seconds is not None))
        return wait

    def stop(self, problem: str) -> None:
        """Ask nothing any more, over restarts, until `resume`."""
        record = {"stopped_at": datetime.fromtimestamp(self._clock(), UTC).isoformat(), "problem": problem}
        self._data.write_text(self._stop_path, json.dumps(record, indent=1) + "\n")

    def resume(self) -> bool:
        """Lift a stop, and waits of our own; False where there was no stop. What arXiv asked for stays: `pause`."""
        was_stopped = self._stop_path.exists()
        self._stop_path.unlink(missing_ok=True)
        self._write(self.state().reopened(self._clock()))
        return was_stopped

    def pause(self) -> str | None:
        """The pause that arXiv asked for and that still runs, in words."""
        state, now = self.state(), self._clock()
        return failing_words(state, self._server) if now < state.demanded_until <= now + MAX_WAIT_SECONDS else None

    def stopped(self) -> dict[str, Any] | None:
        """When and why everything was stopped; None where it was not."""
        try:
            stop = json.loads(self._stop_path.read_text("utf-8"))
            return {"stopped_at": str(stop["stopped_at"]), "problem": str(stop["problem"])}
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError):
            return {"stopped_at": "", "problem": "the reason was recorded in a file that cannot be read."}

    def state(self) -> GateState:
        try:
            state = GateState(**json.loads(self._state_path.read_text("utf-8")))
            state.wait_seconds(state.demanded_until, 0.0)  # a TypeError where they are no numbers
        except (FileNotFoundError, ValueError, TypeError):
            return GateState()
        return state

    def stop_problem(self) -> str | None:
        """What a person has to act on; None where arXiv may be asked."""
        stop = self.stopped()
        return stop_words(stop, self._server) if stop is not None else None

    def problem(self) -> str | None:
        """In one sentence, why arXiv is not asked now; None when it is."""
        stop = self.stop_problem()
        if stop is not None:
            return stop
        state = self.state()
        return failing_words(state, self._server) if state.failures else None

    @property
    def _stop_path(self) -> Path:
        return self._folder / "stopped.json"

    @property
    def _state_path(self) -> Path:
        return self._folder / "gate.json"

    def _check_stop(self) -> None:
        stop = self.stopped()
        if stop is not None:
            raise ArxivStopped(stop_words(stop, self._server), retry_in_seconds=_STOPPED_RETRY_SECONDS)

    async def _wait(self) -> None:
        """Each look is at the state of now, because a clock can be set and a person can reopen the gate."""
        while (wait := self.state().wait_seconds(self._clock(), self._pace_seconds)) > 0:
            if wait > max(self._patience_seconds, self._pace_seconds):
                raise TemporaryFailure(failing_words(self.state(), self._server), retry_in_seconds=wait)
            await self._sleep(wait)

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Be the only one on this machine; a process that dies gives its place up."""
        async with contextlib.AsyncExitStack() as held:
            try:
                await held.enter_async_context(self._queue.turn(_QUEUE_SECONDS))
            except TimeoutError as error:
                words = f"Waited over {_QUEUE_SECONDS / 60:g} min for other requests to {self._server}."
                raise TemporaryFailure(words, retry_in_seconds=60) from error
            except OSError as error:
                raise TemporaryFailure(f"The request queue in {self._folder} cannot be used: {error}.") from error
            yield

    def _write(self, state: GateState) -> None:
        self._data.write_text(self._state_path, json.dumps(asdict(state)) + "\n")


def stop_words(stop: dict[str, Any], server: str) -> str:
    return (
        f"Requests to {server} stopped at {stop['stopped_at'][:16]} UTC: {stop['problem']} Find out why, set "
        "fetcher.contact, and run `papersys fetch --resume` to continue."
    )


def failing_words(state: GateState, server: str) -> str:
    """`arXiv unreachable since 10:02 UTC (503 Service Unavailable), next try 10:17 UTC`."""
    since, until = (_clock_words(at) for at in (state.failing_since or state.asked_at, state.closed_until))
    return f"{server} unreachable since {since} UTC ({state.problem}), next try {until} UTC"


def _clock_words(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M")
