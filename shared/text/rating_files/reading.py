"""Reads a file of ratings or papers, whatever its form; the form is told by the content, not by the name."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from shared.errors import PapersysError
from shared.text.rating_files.databases.reading import database_at, read_database
from shared.text.rating_files.id_lists import read_list
from shared.text.rating_files.rated_rows import Problem, RatingFile, Reading
from shared.text.rating_files.reference_managers import BIBTEX, RIS, read_bibtex, read_ris
from shared.text.rating_files.tables import delimiter_of, read_table
from shared.text.rating_files.web_exports import is_saved_page, read_json, read_page
from shared.text.references.bibliography import content_of
from shared.text.safe.encodings import decoded, encoding_of

MOST_ROWS = 200_000
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
"""Characters that no text has; a stray zero, or the mark by which old programs end a file, is forgiven."""
_UNREADABLE = "\ufffd"
_WINDOWS = "Windows-1252"
_GUESSED = (_WINDOWS, "gb18030")
_LINE_END = re.compile(r"\r\n|\n|\r")
_LOOKED_AT = 20_000
_NO_TEXT = 50
"""One such character in so many is too much."""
_BINARY = {
    b"PK\x03\x04": "a spreadsheet or an archive; save it as CSV, or unpack it",
    b"\x1f\x8b": "compressed; unpack it",
    b"%PDF": "a PDF",
    b"SQLite format 3": "a database; `papersys import-ratings` reads those of Zotero and arXiv-sanity-lite",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet; save it as CSV",
    b"{\\rtf": "a document of a word processor (RTF); save it as plain text",
    b"\x80\x04": "a pickle, which is never opened; what was tagged in arXiv-sanity-lite stands in its dict.db",
    b"\x80\x05": "a pickle, which is never opened; what was tagged in arXiv-sanity-lite stands in its dict.db",
}


def read_rating_file(path: Path, person: str = "") -> RatingFile:
    """A file, or a folder with a database of a known name; `person` is whose rows are wanted where several have some.

    Raises PapersysError for what cannot be read, or holds no papers.
    """
    if database := database_at(path):
        return read_database(database, MOST_ROWS, person)
    content = content_of(path)
    text = text_of(content, str(path))
    read = read_rating_text(text, str(path))
    guessed = _guessed_encoding(content, text, read.problems)
    return replace(read, problems=(guessed, *read.problems)) if guessed else read


def _guessed_encoding(content: bytes, text: str, problems: Sequence[Problem]) -> Problem | None:
    """What may be the cause of problems: letters that could not be read, or an encoding that was only guessed."""
    place = -1 if _UNREADABLE.encode() in content else text.find(_UNREADABLE)
    name = encoding_of(content) or _WINDOWS
    if place < 0 and not (problems and name in _GUESSED):
        return None
    line = len(_LINE_END.findall(text, 0, max(0, place))) + 1
    return Problem(
        line,
        f"read as {name}, which may be wrong; save the file as UTF-8 if something is missing",
    )


def text_of(content: bytes, name: str) -> str:
    """A file's content as text. Raises PapersysError for what is none."""
    for start, what in _BINARY.items():
        if content.startswith(start):
            raise PapersysError(f"{name} is {what}.")
    text = decoded(content).replace("\0", "")
    if _NO_TEXT * len(_CONTROLS.findall(text[:_LOOKED_AT])) > len(text[:_LOOKED_AT]):
        raise PapersysError(f"{name} is no text; save it as CSV, BibTeX, RIS, JSON, or a list of ids.")
    return text


def read_rating_text(text: str, name: str) -> RatingFile:
    """The same of a text. Raises PapersysError."""
    reading = Reading(MOST_ROWS)
    try:
        form = _read(reading, text.removeprefix("\ufeff"))
    except ValueError as error:
        raise PapersysError(f"{name} cannot be read: {error}.") from error
    if not reading.rows and not reading.problems:
        raise PapersysError(f"{name} is empty: there is no paper in it.")
    return RatingFile(name, form, tuple(reading.rows), tuple(reading.problems))


def _read(reading: Reading, text: str) -> str:
    """Read all rows; returns the name of the form."""
    read: Callable[[Reading, str], None]
    if is_saved_page(text):
        form, read = "saved page of arXiv-sanity", read_page
    elif RIS.search(text):
        form, read = "RIS", read_ris
    elif BIBTEX.search(text):
        form, read = "BibTeX", read_bibtex
    elif text.lstrip()[:1] in ("{", "["):
        form, read = "JSON", read_json
    elif delimiter := delimiter_of(text):
        return read_table(reading, text, delimiter)
    else:
        form, read = "list", read_list
    read(reading, text)
    return form
