"""`papersys publish`: writes pages in this process; no running system is needed."""

from typing import Annotated

import typer

from services.publisher.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import say
from shared.command_line.papers import paper_id_of
from shared.errors import PapersysError


def publish(
    paper_ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="arXiv ids. Default: all papers with a summary.")
    ] = None,
) -> None:
    """Rewrite the pages of the static site."""
    from services.publisher import commands

    count, failures = commands.publish(load(Settings), tuple(paper_id_of(text) for text in paper_ids or ()))
    say(f"{count} pages written.")
    if failures:
        raise PapersysError("\n".join(str(error) for error in failures.values()))


def log_out_everybody() -> None:
    """End every session of the reader; `papersys reader --log-out-all` asks for it."""
    from services.publisher import commands

    commands.log_out_everybody(load(Settings))
