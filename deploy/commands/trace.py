"""`papersys trace`: a paper's way through the system, with times."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from deploy.command_context import system_settings
from deploy.paper_trace.way import Step, Way
from shared.command_line.output import JsonFlag, console, print_json, say
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER
from shared.paper_ids import parse_paper_id
from shared.text.safe.plain_text import shortened


def known_id(text: str) -> str:
    """An arXiv id without version. Raises typer.BadParameter."""
    try:
        return parse_paper_id(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def trace(
    paper_id: Annotated[str, typer.Argument(metavar="ID", callback=known_id, help="An arXiv id, such as 2403.12345.")],
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Show a paper's way with its times: announced, harvested, embedded, ranked, read, published, rated.

    Exit code 1 where nothing is recorded of it.
    """
    from deploy.paper_trace.recorded import way_of  # which reads Parquet: `papersys --help` need not wait for that

    way = way_of(system_settings(), paper_id, user)
    if as_json:
        print_json(way.model_dump_json(indent=1))
    else:
        _show(way)
    raise typer.Exit(0 if way.steps else 1)


def _show(way: Way) -> None:
    title = f"{way.paper_id}  {shortened(way.title)}" if way.title else way.paper_id
    if way.steps:
        table = Table("when", "after", "stage", "what", title=title, title_justify="left", box=None, pad_edge=False)
        before: Step | None = None
        for step in way.steps:
            table.add_row(_when(step), _after(before, step), step.stage, Text(shortened(step.what)))
            before = step
        console.print(table)
    else:
        say(title)
    if way.cost is not None:
        say(f"Calls to models cost {way.cost:.4g} together.")
    say(way.standing)
    if way.remark:
        say(way.remark)


def _when(step: Step) -> str:
    if step.at is None:
        return str(step.day or "")
    return step.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _after(before: Step | None, step: Step) -> str:
    """How long after the step before; nothing where only days are known."""
    if before is None or before.at is None or step.at is None:
        return ""
    return in_short(step.at - before.at)


def in_short(time: timedelta) -> str:
    """`0.4 s`, `32 s`, `5 min`, `3.5 h`, `12 days`."""
    seconds = time.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7_200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
