"""The command line `papersys`. Exit codes: 0 done, 1 failed, 2 wrong use or unusable settings."""

import io
import sys
from typing import Annotated

import typer
from pydantic import ValidationError

from deploy.lazy_commands import lazy_group
from deploy.services import COMMANDS
from shared.errors import PapersysError, SettingsError

app = typer.Typer(
    name="papersys",
    cls=lazy_group(COMMANDS),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="An always-on personal reader of arXiv.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from shared.version import UNKNOWN, papersys_version

        version = papersys_version()
        typer.echo("papersys, not installed" if version == UNKNOWN else f"papersys {version}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options of every command; none of them needs what commands need, so that is imported here."""
    from deploy.command_context import system_context
    from shared.command_line.context import command_context

    context.with_resource(command_context(system_context()))


def main() -> None:
    """Run a command; errors that a person can act on are one line, not a traceback."""
    _escape_what_cannot_be_shown()
    try:
        app()
    except SettingsError as error:
        _complain(error, 2)
    except PapersysError as error:
        _complain(error, 1)
    except ValidationError as error:
        _complain(ValueError(f"Invalid value: {error.errors()[0]['msg']}."), 2)
    except KeyboardInterrupt:
        sys.exit(130)


def _escape_what_cannot_be_shown() -> None:
    """Characters that the output's encoding lacks are written as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _complain(error: Exception, code: int) -> None:
    from shared.command_line.output import complaints

    complaints.print(str(error), style="red", highlight=False, markup=False)
    sys.exit(code)


if __name__ == "__main__":
    main()
