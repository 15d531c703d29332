"""A record with named fields (a row of a table, an object of JSON, an entry of a reference manager) as a rated row."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from shared.text.rating_files.moments import read_moment
from shared.text.rating_files.paper_mentions import Mention, mention_in, old_number_of, preprints_in
from shared.text.rating_files.rated_rows import RatedRow, Reading, Said, StoredAs
from shared.text.rating_files.rating_words import WORDS, keyword_rating, read_mark, said_by

Fields = Mapping[str, str]
"""Values by `plain_name` of their fields."""

IDS = (
    "arxivid", "arxiv", "eprint", "paperid", "id", "rawpid", "pid", "paper", "identifier", "archivelocation",
    "archiveid",
)  # fmt: skip
"""Fields for the paper's id, those first that say it most plainly."""
_PLACES = (
    "doi", "arxivesdoi", "url", "link", "links", "pdfurl", "urls", "extra", "archive", "number", "publicationtitle",
    "journal", "journaltitle", "note", "notes", "volume", "pages", "howpublished", "reporttype", "key", "publisher",
)  # fmt: skip
"""Fields where a paper may be named besides."""
LABELS = (
    "preference", "label", "rating", "stars", "vote", "feedback", "verdict", "opinion", "reaction", "liked", "like",
)  # fmt: skip
_WHOSE = re.compile(rf"(?:my|your|user)({'|'.join(LABELS)})")
TITLES = ("title", "papertitle", "name", "ti", "t1")
TIMES = (
    "ratedat", "occurredat", "ratingdate", "ratedon", "timestamp", "updatetime", "createdat", "dateadded", "addedat",
    "addeddate", "savedat", "time",
)  # fmt: skip
_MARKS = ("extra", "annote", "annotation", "notes", "note", "manualtags", "keywords", "tags", "n1")
_KEYWORDS = ("manualtags", "keywords", "tags")
_SHOWN = 60


def plain_name(name: object) -> str:
    """`Archive Location`, `archive_location` and `archiveLocation` are one field; so are `My rating` and `rating`."""
    plain = re.sub(r"[\W_]", "", str(name)).casefold()
    whose = _WHOSE.fullmatch(plain)
    return whose[1] if whose else plain


def first_of(fields: Fields, names: Iterable[str]) -> str:
    """The first of some fields that says anything."""
    return next((value for name in names if (value := fields.get(name, "").strip())), "")


def add_record(reading: Reading, line: int, fields: Fields, *, top: int = 0, said: Said | None = None) -> None:
    """Read a record as a row; `said` where the record has no rating of its own, `top` of the scale of ratings.

    What is wrong is told.
    """
    mention, title = find_mention(fields), first_of(fields, TITLES)
    preprint = "" if mention and mention.paper_id else _find_preprint(fields)
    if mention is not None and (preprint or (title and old_number_of(mention.damaged_id))):
        mention = None  # a title says more than seven digits, which may be anything
    if mention is None and not title and not preprint:
        shown = " ".join(value for value in fields.values() if value)[:_SHOWN]
        reading.problem(line, f"{shown!r} names no arXiv paper, and no title" if shown else "it is empty")
        return
    marked = next(filter(None, (read_mark(fields.get(name, "")) for name in _MARKS)), None)
    word = next((fields[name] for name in LABELS if name in fields), None)
    if marked is None and word is not None:
        said = said_by(word, top=top)
        if said is None:
            reading.problem(line, f"{word[:_SHOWN]!r} is no known rating ({WORDS}); left out")
            return
    if word is None:
        said = said or next(filter(None, (keyword_rating(fields.get(name, "")) for name in _KEYWORDS)), None)
    paper_id, damaged_id = mention or ("", "")
    if marked:  # an export of papersys means what it names
        paper_id, preprint = paper_id or preprint, ""
    row = RatedRow(line, marked[0] if marked else said, paper_id, damaged_id, title, preprint_id=preprint)
    add_timed(reading, row, marked[1] if marked else first_of(fields, TIMES), fields)


def add_timed(reading: Reading, row: RatedRow, time: str, fields: Fields | None = None) -> None:
    """Add a row with its time; one in the future is refused, one that cannot be understood counts from the import."""
    try:
        row = replace(row, rated_at=read_moment(time), stored=_stored(fields or {}))
    except ValueError as error:
        if "lies" in str(error):
            reading.problem(row.line, f"{error}; the rating is refused")
            return
        reading.problem(row.line, f"{error}; the rating counts from now")
    reading.add(row)


def find_mention(fields: Fields) -> Mention | None:
    """The paper that a record names; a whole id anywhere goes before a damaged one."""
    damaged: Mention | None = None
    for name in (*IDS, *_PLACES):
        if (value := fields.get(name)) and (mention := mention_in(value, is_id=name in IDS)):
            if mention.paper_id:
                return mention
            damaged = damaged or mention
    return damaged


def _find_preprint(fields: Fields) -> str:
    """The paper of bioRxiv or medRxiv that a record names by DOI or address; empty for none."""
    return next((each for name in (*IDS, *_PLACES) for each in preprints_in(fields.get(name, ""))), "")


def _stored(fields: Fields) -> StoredAs | None:
    """How papersys had stored the rating, where its own export says so."""
    event_id, user = fields.get("eventid", "").strip(), fields.get("user", "").strip()
    if not event_id or not user or len(event_id) > 200 or len(user) > 200:
        return None
    try:
        weight = float(fields.get("weight", "") or 1.0)
    except ValueError:
        weight = 1.0
    weight = weight if math.isfinite(weight) and 0 < weight <= 100 else 1.0
    return StoredAs(event_id, user, fields.get("source", "")[:200], fields.get("actor", "")[:200], weight)
