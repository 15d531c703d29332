"""The one log of the launcher: every process's lines, with its name, as text on a terminal and as JSON elsewhere.

The same lines go into files, for `papersys logs`.
"""

import asyncio
import json
import re
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from deploy.logs.writing import LogFiles
from shared.service.logging import json_line, readable_line, with_traceback
from shared.settings.settings import LogSettings

_NATS_LINE = re.compile(r"\[\d+\] \S+ \S+ \[(?P<level>[A-Z]{3})\] ?(?P<message>.*)")
_NATS_LEVELS = {"WRN": "WARNING", "ERR": "ERROR", "FTL": "ERROR"}
HIDDEN_FACTS = {"time", "service", "level", "message", "traceback"}


class Output:
    """Where log lines go: a stream, and files where some are given."""

    def __init__(self, settings: LogSettings, stream: TextIO | None = None, files: LogFiles | None = None) -> None:
        self._stream = stream or sys.stdout
        self._files = files
        self._as_text = settings.format == "text" or (settings.format == "auto" and self._stream.isatty())

    def say(self, message: str, level: str = "INFO", **facts: object) -> None:
        """A line of the launcher itself."""
        self.write("papersys", {"level": level, "message": message, **facts})

    def write(self, name: str, line: dict[str, Any]) -> None:
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **line, "service": name}
        for_machines = json_line(line)
        if self._files is not None:
            self._files.write(for_machines)
        text = _as_text(name, line) if self._as_text else for_machines
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
            text = raw.decode("utf-8", "replace").rstrip()
            line = parse_nats_line(text) if name == "nats" else parse_line(text)
            if text and line:
                self.write(name, line)


def parse_line(text: str) -> dict[str, Any]:
    """A line of a service is JSON; anything else (a crash, another program) becomes the message."""
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return {"level": "INFO", "message": text}
    return line if isinstance(line, dict) and "message" in line else {"level": "INFO", "message": text}


def parse_nats_line(text: str) -> dict[str, Any] | None:
    """A line of nats-server, `[pid] date time [LVL] message`; None for its chatter at start and stop.

    Its warning about a plain password is left out: the file that holds it is readable by the owner only.
    """
    match = _NATS_LINE.fullmatch(text)
    if not match:
        return parse_line(text) if text else None
    level = _NATS_LEVELS.get(match["level"])
    if level is None or "Plaintext passwords" in match["message"]:
        return None
    return {"level": level, "message": match["message"]}


def _as_text(name: str, line: dict[str, Any]) -> str:
    local = datetime.fromisoformat(line["time"]).astimezone().strftime("%H:%M:%S")
    facts = {key: value for key, value in line.items() if key not in HIDDEN_FACTS}
    text = readable_line(local, name, str(line.get("level", "INFO")), str(line["message"]), facts)
    return with_traceback(text, str(line["traceback"])) if line.get("traceback") else text
