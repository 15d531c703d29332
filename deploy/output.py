"""The one log of the launcher: every process's lines, with its name, as text on a terminal and as JSON elsewhere."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from shared.logging import readable_line
from shared.settings import LogSettings

_LONGEST_LINE = 1024 * 1024
_HIDDEN = {"time", "service", "level", "message", "traceback"}


class Output:
    """Where log lines go."""

    def __init__(self, settings: LogSettings, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._as_text = settings.format == "text" or (settings.format == "auto" and self._stream.isatty())

    def say(self, message: str, level: str = "INFO", **facts: object) -> None:
        """A line of the launcher itself."""
        self.write("papersys", {"level": level, "message": message, **facts})

    def write(self, name: str, line: dict[str, Any]) -> None:
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **line, "service": name}
        text = _as_text(name, line) if self._as_text else json.dumps(line, default=str, ensure_ascii=False)
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            return  # nobody reads our output any more; that is no reason to stop

    async def follow(self, name: str, stream: asyncio.StreamReader) -> None:
        """Write each line of a process until it closes its output."""
        while True:
            try:
                raw = await stream.readuntil(b"\n")
            except asyncio.IncompleteReadError as end:
                raw = end.partial
            except asyncio.LimitOverrunError as overrun:
                raw = await stream.readexactly(overrun.consumed)
            if not raw:
                return
            if text := raw.decode("utf-8", "replace").rstrip():
                self.write(name, parse_line(text))


def parse_line(text: str) -> dict[str, Any]:
    """A line of a service is JSON; anything else (a crash, another program) becomes the message."""
    try:
        line = json.loads(text)
    except ValueError:
        return {"level": "INFO", "message": text}
    return line if isinstance(line, dict) and "message" in line else {"level": "INFO", "message": text}


def _as_text(name: str, line: dict[str, Any]) -> str:
    local = datetime.fromisoformat(line["time"]).astimezone().strftime("%H:%M:%S")
    facts = {key: value for key, value in line.items() if key not in _HIDDEN}
    text = readable_line(local, name, str(line.get("level", "INFO")), str(line["message"]), facts)
    return f"{text}\n{line['traceback']}" if line.get("traceback") else text
