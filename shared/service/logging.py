"""Logs: plain sentences with facts, as JSON lines for machines or as text for people."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from shared.service.repeated_lines import RepeatedLines
from shared.settings.settings import LogSettings
from shared.text.safe.plain_text import harmless, harmless_json, one_line, without_credentials

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
_NOISY = (
    "nats",
    "httpx",
    "httpx2",
    "httpcore",
    "uvicorn.access",
    "uvicorn.error",
    "apscheduler",
    "sentence_transformers",
    "transformers",
    "openai",
    "urllib3",
    "faststream",
    "filelock",
    "asyncio",
)


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """What was given as `extra`."""
    return {key: value for key, value in vars(record).items() if key not in _STANDARD and value is not None}


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "service": self._service,
            "level": record.levelname,
            "message": record.getMessage(),
            **facts_of(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json_line(line)


class TextFormatter(logging.Formatter):
    """`12:01:02 fetcher    INFO  sentence  key=value`."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        text = readable_line(time, self._service, record.levelname, record.getMessage(), facts_of(record))
        return with_traceback(text, self.formatException(record.exc_info)) if record.exc_info else text


def json_line(line: dict[str, Any]) -> str:
    """A log line for machines: JSON that is harmless on a terminal too, and names no password of an address."""
    return harmless_json(without_credentials(json.dumps(line, default=str, ensure_ascii=False)))


def with_traceback(line: str, traceback: str) -> str:
    """A log line for people with what it happened in below it."""
    return f"{line}\n{without_credentials(harmless(traceback))}"


def readable_line(time: str, service: str, level: str, message: str, facts: dict[str, Any]) -> str:
    """The one shape of a log line for people; `action` is for machines and left out."""
    details = " ".join(f"{key}={value}" for key, value in facts.items() if key != "action")
    line = f"{time} {service:<10} {level:<7} {message}" + (f"  {details}" if details else "")
    return without_credentials(one_line(line))


def set_up_logging(service: str, settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send every logger's lines to `stream` (standard output) in the form the settings ask for."""
    stream = stream or sys.stdout
    as_text = settings.format == "text" or (settings.format == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextFormatter(service) if as_text else JsonFormatter(service))
    handler.addFilter(RepeatedLines())
    logging.basicConfig(level=settings.level, handlers=[handler], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.level)))
    logging.captureWarnings(True)
