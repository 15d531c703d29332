"""`papersys fields`: what a summary would show of each abstract of a table, without a language model."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from shared.command_line.output import print_text, say, warn
from shared.errors import PapersysError

_MOST_TOLD = 20
_STANDARD_OUTPUT = "-"


def fields(
    table: Annotated[
        Path,
        typer.Option("--table", help="CSV file with the columns paper_id,title,abstract; others are not looked at."),
    ],
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="FILE", help="CSV file for paper_id,field,sentence; - prints it.")
    ] = _STANDARD_OUTPUT,
) -> None:
    """Extract the fields of abstracts without a language model: for each field its sentences, best first."""
    from services.summarizer.roles.table import as_csv, field_rows, papers_in, read_table

    if out != _STANDARD_OUTPUT:
        _check_writable(Path(out))
    read = read_table(table)
    rows = list(field_rows(read.rows))
    if out == _STANDARD_OUTPUT:
        print_text(as_csv(rows).removesuffix("\n"))
    else:
        _write(Path(out), as_csv(rows))
        say(f"{papers_in(rows)} abstracts, {len(rows)} sentences; they are in {out}.")
    for problem in read.problems[:_MOST_TOLD]:
        warn(f"{table}: {problem}")
    if len(read.problems) > _MOST_TOLD:
        warn(f"{table}: and {len(read.problems) - _MOST_TOLD} more rows with problems.")
    if not read.rows:
        raise PapersysError(f"{table} holds no abstract.")


def _check_writable(path: Path) -> None:
    """Raises PapersysError before any work is done for a file that cannot be written."""
    if path.is_dir() or not path.parent.is_dir():
        raise PapersysError(f"{path} cannot be written: {'it is a folder' if path.is_dir() else 'no such folder'}.")


def _write(path: Path, text: str) -> None:
    """The whole file or none of it; a device or a pipe is written to as it is."""
    target = path.resolve()
    part = target.with_name(f"{target.name}.part")
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, "utf-8", newline="")
            return
        part.write_text(text, "utf-8", newline="")
        part.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise PapersysError(f"{path} cannot be written: {error.strerror or error}.") from error
