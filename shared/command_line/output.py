"""What commands print, and the options that many of them have."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from shared.command_line.terminal import open_console
from shared.text.safe.plain_text import harmless, harmless_json

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done without changing anything.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
console = open_console()
complaints = open_console(stderr=True)


def say(text: str) -> None:
    """A line of the result, as it is: nothing in it is markup."""
    console.print(text, highlight=False, markup=False)


def say_loud(text: str) -> None:
    """A line of the result that should be noticed."""
    console.print(text, style="yellow", highlight=False, markup=False)


def warn(text: str) -> None:
    """A line on standard error that should be noticed."""
    complaints.print(text, style="yellow", highlight=False, markup=False)


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
