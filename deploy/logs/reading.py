"""Reading the log: the lines that a person asks for, oldest first, and those that come."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from shared.errors import PapersysError

Level = Literal["debug", "info", "warning", "error"]
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_POLL_SECONDS = 0.3
_ID = r"(?<![\w.-]){}(?:v\d+)?(?![\w-]|\.\d)"


@dataclass(frozen=True)
class LogQuery:
    """Which lines are wanted; None asks for nothing in particular. `level` is the least severe one."""

    service: str | None = None
    paper_id: str | None = None
    since: datetime | None = None
    level: Level = "debug"

    def parse(self, text: str) -> dict[str, Any] | None:
        """The line where it is wanted; None for another one, or a torn one."""
        if self.paper_id is not None and not re.search(_ID.format(re.escape(self.paper_id)), text):
            return None
        try:
            line = json.loads(text)
            return line if self._wants(line) else None
        except (ValueError, KeyError, TypeError, RecursionError):
            return None

    def _wants(self, line: dict[str, Any]) -> bool:
        if self.service is not None and line["service"] != self.service:
            return False
        severity = str(line.get("level", "INFO"))
        if severity in _LEVELS and _LEVELS.index(severity) < _LEVELS.index(self.level.upper()):
            return False
        return self.since is None or datetime.fromisoformat(line["time"]) >= self.since


@dataclass(frozen=True)
class LogEnd:
    """How far the log was written at a moment: the newest file, and its bytes in whole lines."""

    path: Path
    size: int


def end_of_log(folder: Path) -> LogEnd:
    """Where it ends now. Raises PapersysError where there is none."""
    path = log_parts(folder)[-1]
    _, size = _read_on(path, 0)
    return LogEnd(path, size)


def log_parts(folder: Path) -> list[Path]:
    """The files of the log, oldest first. Raises PapersysError where there is none."""
    parts = sorted(folder.glob("????-??-??-*.jsonl"))
    if not parts:
        raise PapersysError(
            f"There is no log in {folder}. `papersys up` writes one (log.keep_days); where each service runs in a "
            "container of its own, read the container's."
        )
    return parts


def last_lines(folder: Path, query: LogQuery, most: int | None, end: LogEnd) -> list[dict[str, Any]]:
    """The newest wanted lines up to `end`, oldest first; all of them where `most` is None.

    Reads no more files than it must.
    """
    collected: list[dict[str, Any]] = []
    for path in reversed([part for part in log_parts(folder) if part.name <= end.path.name]):
        if query.since is not None and path.name[:10] < str(query.since.date() - timedelta(days=1)):
            break
        collected = [*_lines_of(path, query, end.size if path == end.path else None), *collected]
        if most is not None and len(collected) >= most:
            return collected[len(collected) - most :]
    return collected


def coming_lines(
    folder: Path, query: LogQuery, end: LogEnd, sleep: Callable[[float], None] = time.sleep
) -> Iterator[dict[str, Any]]:
    """Lines that were and are written after `end`, without end."""
    path, offset = end.path, end.size
    while True:
        sleep(_POLL_SECONDS)
        newer = [part for part in log_parts(folder) if part.name > path.name]
        lines, offset = _read_on(path, offset)
        for part in newer:
            more, offset = _read_on(part, 0)
            lines, path = [*lines, *more], part
        yield from (line for text in lines if (line := query.parse(text)) is not None)


def _lines_of(path: Path, query: LogQuery, size: int | None) -> list[dict[str, Any]]:
    """Of the first `size` bytes, or all. A part that was deleted meanwhile has none."""
    try:
        with path.open("rb") as file:
            texts = file.readlines() if size is None else file.read(size).splitlines()
    except FileNotFoundError:
        return []
    return [line for text in texts if (line := query.parse(text.decode("utf-8", "replace"))) is not None]


def _read_on(path: Path, offset: int) -> tuple[list[str], int]:
    """The whole lines from an offset in bytes on, and where the next one begins."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            whole, _, _torn = file.read().rpartition(b"\n")
    except FileNotFoundError:
        return [], offset
    # Not str.splitlines: a title may hold a U+2028.
    return [text.decode("utf-8", "replace") for text in whole.split(b"\n")], offset + (len(whole) + 1 if whole else 0)
