"""`papersys mcp`: the tools for an agent on this machine, over standard input and output."""

from typing import Annotated

import typer

from services.publisher.settings import Settings
from shared.command_line.context import load
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER


def mcp(
    read_only: Annotated[
        bool,
        typer.Option("--read-only", help="Rate nothing, add nothing to the reading list, spend no money on questions."),
    ] = False,
    user: UserOption = DEFAULT_USER,
) -> None:
    """Serve the tools for agents (MCP) over standard input and output; an agent's program starts it."""
    from services.publisher.mcp.standard_io import serve

    serve(load(Settings), user, is_read_only=read_only)
