"""The command line `papersys`. Exit codes: 0 done, 1 failed, 2 wrong use or unusable settings."""

import io
import sys
from typing import Annotated

import typer
from pydantic import ValidationError

from deploy.lazy_commands import lazy_group
from shared.errors import PapersysError, SettingsError

_COMMANDS = {
    "up": "deploy.commands.system:up",
    "init": "deploy.commands.setup:init",
    "status": "deploy.commands.system:status",
    "nats": "deploy.commands.system:nats",
    "reader": "deploy.commands.system:reader",
    "like": "deploy.commands.ratings:like",
    "dislike": "deploy.commands.ratings:dislike",
    "clear": "deploy.commands.ratings:clear",
    "reprocess": "deploy.commands.ratings:reprocess",
    "search": "deploy.commands.search:search",
    "why": "deploy.commands.picks:why",
    "fetch": "deploy.commands.harvest:fetch",
    "convert": "deploy.commands.harvest:convert",
    "embed": "deploy.commands.vectors:embed",
    "rank": "deploy.commands.picks:rank",
    "best": "deploy.commands.picks:best",
    "evaluate": "deploy.commands.model:evaluate",
    "publish": "deploy.commands.site:publish",
    "verify": "deploy.commands.vectors:verify",
    "import": "deploy.commands.harvest:import_papers",
    "dead": "deploy.commands.dead:app",
    "model": "deploy.commands.model:app",
    "interests": "deploy.commands.interests:app",
}

app = typer.Typer(
    name="papersys",
    cls=lazy_group(_COMMANDS),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="An always-on personal reader of arXiv.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"papersys {version('papersys')}")
        except PackageNotFoundError:
            typer.echo("papersys, not installed")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Options of every command."""


def main() -> None:
    """Run a command; errors that a person can act on are one line, not a traceback."""
    _write_what_the_terminal_knows()
    try:
        app()
    except SettingsError as error:
        _complain(error, 2)
    except PapersysError as error:
        _complain(error, 1)
    except ValidationError as error:
        _complain(ValueError(f"This cannot be used: {error.errors()[0]['msg']}."), 2)
    except KeyboardInterrupt:
        sys.exit(130)


def _write_what_the_terminal_knows() -> None:
    """Characters that the output's encoding has not are written out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _complain(error: Exception, code: int) -> None:
    from deploy.commands.context import complaints

    complaints.print(str(error), style="red", highlight=False, markup=False)
    sys.exit(code)


if __name__ == "__main__":
    main()
