"""Which program a database belongs to, told by its tables, and its papers as rows."""

from pathlib import Path

from shared.errors import PapersysError
from shared.text.rating_files.databases import arxiv_sanity_lite, zotero
from shared.text.rating_files.databases.sqlite_files import SIGNATURE, open_copy, tables_of
from shared.text.rating_files.rated_rows import RatingFile, Reading

_NAMES = ("dict.db", "zotero.sqlite")


def database_at(path: Path) -> Path | None:
    """The database that a path leads to: itself, or one of a known name in this folder; None where it is none."""
    if path.is_dir():
        return next((path / name for name in _NAMES if (path / name).is_file()), None)
    if not path.is_file():
        return None  # what comes through a pipe can be read only once
    try:
        with path.open("rb") as file:
            return path if file.read(len(SIGNATURE)) == SIGNATURE else None
    except OSError:
        return None


def read_database(path: Path, most_rows: int, person: str = "") -> RatingFile:
    """Raises PapersysError for a database of another program, and for one that cannot be read."""
    reading = Reading(most_rows)
    with open_copy(path) as connection:
        tables = tables_of(connection)
        try:
            if arxiv_sanity_lite.TABLE in tables and not zotero.TABLES & tables:
                form = arxiv_sanity_lite.FORM
                arxiv_sanity_lite.read_tags(reading, connection, person)
            elif tables >= zotero.TABLES:
                form = zotero.FORM
                zotero.read_library(reading, connection, tables)
            elif arxiv_sanity_lite.PAPERS_TABLE in tables:
                raise ValueError(
                    "it holds the papers of arXiv-sanity-lite, not what was tagged; import dict.db beside it"
                )
            else:
                raise ValueError(
                    "it is a database of no program that papersys knows; export its papers as a list of ids"
                )
        except ValueError as error:
            raise PapersysError(f"{path} cannot be imported: {error}.") from error
    if not reading.rows and not reading.problems:
        raise PapersysError(f"{path} is empty: there is no paper in it.")
    return RatingFile(str(path), form, tuple(reading.rows), tuple(reading.problems))
