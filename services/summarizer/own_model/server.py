"""One llama-server: started when it is needed, followed in the log, stopped when it is not.

It is a child of this process, dies with it, and is asked over loopback alone.
"""

import asyncio
import contextlib
import logging
import os
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from services.summarizer.own_model.program import ServedModel, ServerProgram, server_command
from shared.errors import TemporaryFailure
from shared.service.child_processes import die_with_parent

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.2
_STOP_SECONDS = 5.0
_LAST_LINES = 8
_LONGEST_LINE = 1 << 16
_NICENESS = 5
"""Pages and picks come first."""
_LINE = re.compile(r"(?:\d+\.){3}\d+ (?P<level>[DIWE]) (?P<text>.*)")
_LEVELS = {"D": logging.DEBUG, "I": logging.INFO, "W": logging.WARNING, "E": logging.ERROR}


class ServerEnded(TemporaryFailure):
    """llama-server ended before it could answer."""


@dataclass(frozen=True)
class ServerLine:
    """A line of llama-server's log."""

    level: int
    text: str


class RunningServer:
    """A llama-server that answers at `address`, until it ends or is stopped."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self.address = address
        self._process = process
        self._last = deque[str](maxlen=_LAST_LINES)
        self._following = asyncio.create_task(self._follow())

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.returncode is None

    async def until_ready(self, client: httpx.AsyncClient, seconds: float) -> None:
        """Return when the model is loaded. Raises ServerEnded."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not await _is_ready(client, self.address):
            if not self.is_running:
                await self._following
                raise ServerEnded(
                    f"llama-server ended with {_code(self._process)} while it loaded: {self.last_words()}"
                )
            if asyncio.get_running_loop().time() > deadline:
                raise ServerEnded(f"llama-server did not load the model within {seconds:g} s: {self.last_words()}")
            await asyncio.sleep(_LOOK_SECONDS)

    async def until_end(self) -> str:
        """How it ended, in words."""
        await self._process.wait()
        return _code(self._process)

    async def stop(self) -> None:
        """End it; whoever takes too long is killed."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._following.cancel()

    def last_words(self) -> str:
        return " / ".join(self._last) or "it said nothing"

    async def _follow(self) -> None:
        stream = self._process.stdout
        while stream is not None and (raw := await _next_line(stream)):
            line = parse_server_line(raw)
            if line.text:
                self._last.append(line.text)
                log.log(line.level, "llama-server: %s", line.text, extra={"action": "llama_server"})


async def start_server(program: ServerProgram, model: ServedModel) -> RunningServer:
    """A server that begins to load its model. Raises ServerEnded where the program cannot be started."""
    try:
        process = await asyncio.create_subprocess_exec(
            *server_command(program, model),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=program.environment(os.environ),
            preexec_fn=_tied_and_nice(),
            limit=_LONGEST_LINE,
        )
    except OSError as error:
        raise ServerEnded(f"{program.path} cannot be started: {error.strerror}.") from error
    return RunningServer(process, f"http://127.0.0.1:{model.port}")


def parse_server_line(raw: bytes) -> ServerLine:
    """`0.01.898.013 W srv  text` is a warning; a line of another form is a piece of information."""
    text = raw.decode("utf-8", "replace").strip()
    match = _LINE.fullmatch(text)
    if match is None:
        return ServerLine(logging.INFO, text)
    return ServerLine(_LEVELS[match["level"]], " ".join(match["text"].split()))


def _tied_and_nice() -> Callable[[], None]:
    tie = die_with_parent()

    def prepare() -> None:
        if tie is not None:
            tie()
        os.nice(_NICENESS)

    return prepare


async def _next_line(stream: asyncio.StreamReader) -> bytes:
    """The next line, or as much of it as is kept of one line; empty at the end."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as overrun:
        return await stream.readexactly(overrun.consumed)


async def _is_ready(client: httpx.AsyncClient, address: str) -> bool:
    try:
        answer = await client.get(f"{address}/health", timeout=2.0)
        return answer.status_code == 200 and answer.json().get("status") == "ok"
    except (httpx.HTTPError, ValueError, AttributeError):
        return False


def _code(process: asyncio.subprocess.Process) -> str:
    code = process.returncode
    return "exit code 0" if not code else f"exit code {code}" if code > 0 else f"signal {-code}"
