"""`papersys export-ratings`: ratings as a file, with no running system."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shared.command_line.context import load
from shared.command_line.output import complaints, shown_path
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER
from shared.errors import PapersysError
from shared.settings.settings import CommonSettings
from shared.store.files.data_folder import DataFolder


class Form(StrEnum):
    """The names of `FORMATS`."""

    csv = "csv"
    json = "json"
    bib = "bib"
    ris = "ris"
    zotero_csv = "zotero-csv"
    ids = "ids"


def export_ratings(
    form: Annotated[Form, typer.Option("--format", "-f", help="The form of the file.")] = Form.csv,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file; without it, standard output.")
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Also what was said before and taken back (CSV and JSON).")
    ] = False,
    user: UserOption = DEFAULT_USER,
) -> None:
    """Export ratings to a file that `papersys import-ratings` and other programs read."""
    # Imported here, for the other commands' sake: the lists of commands would wait for libraries that read data.
    from services.publisher.outlets.exports.ratings.rated_papers import rated_papers
    from services.publisher.outlets.exports.ratings.rating_formats import FORMATS
    from shared.store.papers.metadata import MetadataStore
    from shared.store.people.preferences import RatingStore

    chosen = FORMATS[form.value]
    if history and not chosen.holds_history:
        raise typer.BadParameter("--history needs --format csv or json; the other forms hold one rating a paper.")
    settings = load(CommonSettings)
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    rated = rated_papers(RatingStore(data), MetadataStore(data), user, with_history=history)
    if not rated.ratings:
        raise PapersysError("There are no ratings to export.")
    _write(chosen.write(rated), output)
    if output is not None:
        complaints.print(f"{len(rated.ratings):,} ratings in {shown_path(output)}.", highlight=False, markup=False)


def _write(text: str, output: Path | None) -> None:
    """Raises PapersysError where the file cannot be written."""
    if output is None:
        sys.stdout.write(text)
        return
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise PapersysError(f"{output} cannot be written: {error.strerror}.") from error
