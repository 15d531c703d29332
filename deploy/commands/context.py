"""What every command shares: the settings, the console, exit codes, calling a service's own code by dotted name."""

import asyncio
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.configuration import SystemSettings, demo_environment, load_system_settings, settings_file
from deploy.terminal import open_console
from shared.bus.requests import ReplyT
from shared.contracts import Request
from shared.errors import RequestFailed
from shared.service.logging import set_up_logging
from shared.service.privacy import write_privately
from shared.settings.settings import CommonSettings, LogSettings, load_settings
from shared.text.plain_text import harmless, harmless_json

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, change nothing.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
console = open_console()
complaints = open_console(stderr=True)
_CANNOT_BE_DONE = ("permanent", "invalid")


def system_settings() -> SystemSettings:
    """The settings of the whole system, as `papersys up` would use them."""
    settings = load_system_settings()
    write_privately(settings)
    return settings


def service_settings(service: str) -> CommonSettings:
    """The settings as one service sees them."""
    settings_class = importlib.import_module(f"services.{service}.settings").Settings
    environment = {**demo_environment(system_settings()), **os.environ}
    loaded: CommonSettings = load_settings(settings_class, settings_file(), environment)
    return loaded


def service_function(service: str, name: str) -> Callable[..., Any]:
    """A function of `services/<service>/commands.py`; deploy imports no service."""
    function: Callable[..., Any] = getattr(importlib.import_module(f"services.{service}.commands"), name)
    return function


def asked(request: Request[ReplyT]) -> ReplyT | None:
    """What the running system answers, which has read everything already; None where this process has to find out.

    Raises RequestFailed where the system knows that it cannot be done.
    """
    from shared.bus.asking import ask_once

    try:
        return asyncio.run(ask_once(system_settings().bus, request))
    except RequestFailed as error:
        if error.code in _CANNOT_BE_DONE:
            raise
        return None


def log_to_stderr(level: str = "WARNING") -> None:
    """Commands print their result on standard output, and what goes on beside it on standard error."""
    set_up_logging("papersys", LogSettings(level=level, format="text"), sys.stderr)


def print_json(text: str) -> None:
    """JSON as it is: no colour, no wrapping; what could steer a terminal is escaped, so it stays the same JSON."""
    sys.stdout.write(harmless_json(text) + "\n")


def print_text(text: str) -> None:
    """A text as it is, for a file or a pager, without what could steer a terminal."""
    sys.stdout.write(harmless(text) + "\n")


def shown_path(path: Path) -> str:
    """A path as a person would type it from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
