"""The command line `papersys`. Exit codes: 0 done, 1 failed, 2 wrong use or unusable settings."""

import io
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer
from pydantic import ValidationError

from deploy.commands import dead, finding, harvest, interests, model, picks, setup, site, system, vectors, verdicts
from deploy.commands.context import complaints
from shared.errors import PapersysError, SettingsError

app = typer.Typer(
    name="papersys",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="An always-on personal reader of arXiv.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
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


_COMMANDS: tuple[Callable[..., None], ...] = (
    system.up,
    setup.init,
    system.status,
    system.nats,
    system.reader,
    verdicts.like,
    verdicts.dislike,
    verdicts.clear,
    verdicts.reprocess,
    finding.search,
    picks.why,
    harvest.fetch,
    harvest.convert,
    vectors.embed,
    picks.rank,
    picks.best,
    model.evaluate,
    site.publish,
    vectors.verify,
)
for _command in _COMMANDS:
    app.command()(_command)
app.command("import")(harvest.import_papers)
app.add_typer(dead.app, name="dead")
app.add_typer(model.app, name="model")
app.add_typer(interests.app, name="interests")


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
    complaints.print(str(error), style="red", highlight=False, markup=False)
    sys.exit(code)


if __name__ == "__main__":
    main()
