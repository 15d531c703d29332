"""`papersys logs`: what the running system told, and what it tells now."""

import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from deploy.command_context import system_settings
from deploy.launcher.output import HIDDEN_FACTS
from deploy.logs.reading import Level, LogQuery, coming_lines, end_of_log, last_lines
from deploy.logs.writing import log_folder
from shared.command_line.output import JsonFlag, console
from shared.paper_ids import parse_paper_id
from shared.service.logging import json_line, readable_line, with_traceback
from shared.settings.settings import SERVICES

_PROGRAMS = (*SERVICES, "papersys", "nats", "demo", "own-model")
_DEFAULT_LINES = 100
_STYLES = {"ERROR": "red", "CRITICAL": "red", "WARNING": "yellow"}
_AGO = re.compile(r"(\d+)\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def known_program(text: str | None) -> str | None:
    """The name of a program that writes into the log. Raises typer.BadParameter."""
    if text is None or text in _PROGRAMS:
        return text
    raise typer.BadParameter(f"{text!r} is none of {', '.join(_PROGRAMS)} (`papersys` is the launcher)")


def parse_since(text: str | None, now: datetime | None = None) -> datetime | None:
    """`2h`, `30m`, `3d` before now, or a date with or without a time, local. Raises typer.BadParameter."""
    if text is None:
        return None
    now = now or datetime.now(UTC)
    try:
        if ago := _AGO.fullmatch(text.strip()):
            return now - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r} is no time; write 30m, 2h, 3d, 2026-11-22 or '2026-11-22 09:30'") from error


def logs(
    service: Annotated[
        str | None,
        typer.Argument(metavar="[SERVICE]", callback=known_program, help=f"Of {', '.join(_PROGRAMS)}; default all."),
    ] = None,
    paper: Annotated[str | None, typer.Option("--paper", metavar="ID", help="Lines that name this paper.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="2h, 30m, 3d, or a date and time of this machine.")
    ] = None,
    level: Annotated[Level, typer.Option("--level", help="Least severe level.")] = "debug",
    lines: Annotated[
        int | None, typer.Option("--lines", "-n", min=0, help="The last so many. Default: 100; with --since all.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written from now on.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the log of `papersys up`: all of it, of one service, or about one paper."""
    query = LogQuery(service, _paper_id(paper), parse_since(since), level)
    folder = log_folder(system_settings().data.path)
    most = _DEFAULT_LINES if lines is None and since is None else lines
    end = end_of_log(folder)  # what is written while the last lines are shown comes after them
    found = last_lines(folder, query, most, end)
    _print(found, as_json)
    if follow:
        _print(coming_lines(folder, query, end), as_json)
    elif not found:
        _say_where_to_look(query)


def _paper_id(text: str | None) -> str | None:
    try:
        return None if text is None else parse_paper_id(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _print(lines: Iterable[dict[str, Any]], as_json: bool) -> None:
    for line in lines:
        if as_json:
            sys.stdout.write(json_line(line) + "\n")
            sys.stdout.flush()
        else:
            style = _STYLES.get(str(line.get("level")))
            console.print(_readable(line), style=style, highlight=False, markup=False, soft_wrap=True)


def _readable(line: dict[str, Any]) -> str:
    local = datetime.fromisoformat(line["time"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    facts = {key: value for key, value in line.items() if key not in HIDDEN_FACTS}
    text = readable_line(local, str(line["service"]), str(line.get("level", "INFO")), str(line["message"]), facts)
    return with_traceback(text, str(line["traceback"])) if line.get("traceback") else text


def _say_where_to_look(query: LogQuery) -> None:
    about = f"No line of the log names {query.paper_id}." if query.paper_id else "No line of the log is asked for so."
    hint = f" `papersys trace {query.paper_id}` tells its way from the records." if query.paper_id else ""
    sys.stderr.write(f"{about}{hint}\n")
