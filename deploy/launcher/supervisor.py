"""Keeps programs running: starts them, follows their output, restarts what dies or hangs, stops them in order.

None of supervisor, circus and honcho notices a process that hangs, or takes its children along when itself killed;
that is why this is our own. What decides is in `deploy.launcher.plan` and `deploy.launcher.restarts`.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterable
from dataclasses import dataclass

import httpx
import psutil

from deploy.launcher.health_probe import answers
from deploy.launcher.output import Output
from deploy.launcher.plan import Program
from deploy.launcher.restarts import History
from shared.errors import PapersysError
from shared.service.child_processes import PARENT_VARIABLE, die_with_parent

_LOOK_SECONDS = 1.0
_LINE_LIMIT = 1024 * 1024
_STAGE_SECONDS = 1.5


@dataclass(frozen=True)
class Limits:
    """How long a program may be silent, start and stop, and which life is short; see the settings of the launcher."""

    hang_seconds: float
    start_seconds: float
    stop_seconds: float
    short_life_seconds: float
    give_up_after: int


class GivenUp(PapersysError):
    """A program cannot be kept alive."""


class Supervisor:
    """Runs programs until `stop`, or until one of them is hopeless."""

    def __init__(self, output: Output, limits: Limits) -> None:
        self._output = output
        self._limits = limits
        self._client = httpx.AsyncClient(trust_env=False)
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._programs: dict[str, Program] = {}
        self._restarting: set[str] = set()
        self._stopping = False

    async def start(self, program: Program) -> None:
        """Start a program and keep it running from now on."""
        self._programs[program.name] = program
        self._keepers[program.name] = asyncio.create_task(self._keep(program), name=program.name)

    async def until_ready(self, programs: list[Program]) -> None:
        """Return when all are ready. Raises GivenUp when one cannot be kept alive meanwhile."""
        waiting = list(programs)
        while waiting:
            self._raise_if_given_up()
            ready = await asyncio.gather(*(answers(program.ready, self._client) for program in waiting))
            waiting = [program for program, is_ready in zip(waiting, ready, strict=True) if not is_ready]
            if waiting:
                await asyncio.sleep(0.1)

    async def until_given_up(self) -> None:
        """Return never, but raise GivenUp when a program cannot be kept alive."""
        while True:
            self._raise_if_given_up()
            if os.getpid() == 1:
                self._reap_orphans()
            ends = [asyncio.create_task(asyncio.sleep(_LOOK_SECONDS)), *self._keepers.values()]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        """Stop the latest stage first, all of a stage at once; whoever takes too long is killed."""
        self._stopping = True
        deadline = time.monotonic() + self._limits.stop_seconds
        stages: dict[int, list[str]] = defaultdict(list)
        for program in self._programs.values():
            stages[program.stage].append(program.name)
        for stage in sorted(stages, reverse=True):
            reserve = 0.5 + _STAGE_SECONDS * sum(other < stage for other in stages)
            await self._stop_all(stages[stage], max(0.5, deadline - time.monotonic() - reserve))
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)
        await self._client.aclose()

    def restart(self, names: Iterable[str]) -> None:
        """Have running programs end and start again at once: it is no failure, and counts as none."""
        for name in names:
            process = self._processes.get(name)
            if process is not None and process.returncode is None:
                self._restarting.add(name)
                process.terminate()

    def pids(self) -> dict[str, int]:
        """The running programs' process ids."""
        return {name: process.pid for name, process in self._processes.items() if process.returncode is None}

    async def _keep(self, program: Program) -> None:
        history = History()
        while not self._stopping:
            started = time.monotonic()
            code, why = await self._run_once(program)
            if self._stopping:
                return
            if program.name in self._restarting:
                self._restarting.discard(program.name)
                self._output.say(f"{program.name} starts again.", action="restart", program=program.name)
                continue
            history = history.after(time.monotonic() - started, self._limits.short_life_seconds)
            if history.is_hopeless(self._limits.give_up_after):
                text = f"{program.name} ended {history.short_lives} times in a row soon after its start ({why})"
                raise GivenUp(f"{text}; see its last lines above. Giving up.")
            text = f"{program.name} ended ({why}); restarting in {history.delay_seconds:g} s."
            self._output.say(text, "WARNING", action="restart", program=program.name, exit_code=code)
            await asyncio.sleep(history.delay_seconds)

    async def _run_once(self, program: Program) -> tuple[int, str]:
        """Run a program until it ends; returns its exit code and the reason in words."""
        async with _pipe() as (reader, write_end):
            try:
                process = await asyncio.create_subprocess_exec(
                    *program.command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=write_end,
                    stderr=write_end,
                    env={**program.environment, PARENT_VARIABLE: str(os.getpid())},
                    preexec_fn=die_with_parent(),
                    start_new_session=True,
                )
            except OSError as error:
                return 127, f"{program.command[0]} could not be started: {error.strerror}"
            finally:
                os.close(write_end)
            self._processes[program.name] = process
            following = asyncio.create_task(self._output.follow(program.name, reader))
            hung = await self._until_end(program, process)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(following, timeout=1.0)
        code = process.returncode or 0
        return code, "it did not answer and was killed" if hung else _in_words(code)

    async def _until_end(self, program: Program, process: asyncio.subprocess.Process) -> bool:
        """Wait for the end of a process, however it comes, and take its children along; returns whether it hung."""
        watcher = asyncio.create_task(self._watch(program, process))
        try:
            await process.wait()
        finally:
            hung = watcher.done()
            watcher.cancel()
            _kill_session(process.pid)
        return hung

    async def _watch(self, program: Program, process: asyncio.subprocess.Process) -> None:
        """Kill a process whose liveness probe fails for too long; one that starts gets more time."""
        patience, last = self._limits.start_seconds, time.monotonic()
        while time.monotonic() - last < patience:
            await asyncio.sleep(_LOOK_SECONDS)
            if await answers(program.live, self._client):
                patience, last = self._limits.hang_seconds, time.monotonic()
        text = f"{program.name} has not answered for {patience:g} s; killing it."
        self._output.say(text, "WARNING", action="hang", program=program.name)
        with contextlib.suppress(ProcessLookupError):
            process.kill()

    async def _stop_all(self, names: list[str], seconds: float) -> None:
        started = {name: self._processes[name] for name in names if name in self._processes}
        running = {name: process for name, process in started.items() if process.returncode is None}
        for process in running.values():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
                process.send_signal(signal.SIGCONT)
        ends: list[Awaitable[int]] = [process.wait() for process in running.values()]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*ends), timeout=seconds)
        for name, process in running.items():
            if process.returncode is None:
                self._output.say(f"{name} did not stop in time and was killed.", "WARNING", program=name)
                _kill_session(process.pid)
                await process.wait()

    def _raise_if_given_up(self) -> None:
        for keeper in self._keepers.values():
            if keeper.done() and not keeper.cancelled() and (error := keeper.exception()):
                raise error

    def _reap_orphans(self) -> None:
        """As PID 1 we inherit every orphan of the container; nobody else collects them."""
        ours = set(self.pids().values())
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.Error, ChildProcessError):
                if child.pid not in ours and child.status() == psutil.STATUS_ZOMBIE:
                    os.waitpid(child.pid, os.WNOHANG)


@contextlib.asynccontextmanager
async def _pipe() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
    """A reader and the file descriptor that feeds it (closed by the caller).

    asyncio's own pipes would make waiting for a process wait for everybody who holds its output, grandchildren too.
    """
    read_end, write_end = os.pipe()
    reader = asyncio.StreamReader(limit=_LINE_LIMIT)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_end, "rb", buffering=0)
    )
    try:
        yield reader, write_end
    finally:
        transport.close()


def _kill_session(pid: int) -> None:
    """Kill what is left of a program's process group: itself and the children it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _in_words(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
