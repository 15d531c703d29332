"""What a file of a source is, told by its content; what is not taken is named with the reason."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from deploy.migrating.manifest import Form
from deploy.migrating.records.keyword_tree import is_keyword_tree
from deploy.migrating.records.record_files import LINE_SUFFIXES, first_records
from deploy.migrating.records.summary_records import is_summary, lacks_id
from deploy.migrating.sources import NOT_FETCHED, is_lfs_pointer
from shared.text.rating_files.fields import IDS, LABELS, plain_name
from shared.text.safe.encodings import decoded, encoding_of

_RATINGS = (".csv", ".tsv")
_SUMMARIES = (".json", *LINE_SUFFIXES)
_LOOKED_AT_BYTES = 65_536
_SHOWN_KEYS = 5


def form_of(path: Path) -> tuple[Form, str]:
    """What a file is, and why nothing is taken of it where that is so."""
    suffix = path.suffix.casefold()
    try:
        if suffix == ".parquet":
            return "table", ""
        if suffix in (*_RATINGS, *_SUMMARIES) and not path.stat().st_size:
            return "not taken", "it is empty"
        if suffix in (*_RATINGS, *_SUMMARIES) and is_lfs_pointer(path):
            return "ratings" if suffix in _RATINGS else "summaries", NOT_FETCHED
        if suffix in _RATINGS:
            return _form_of_csv(path)
        if suffix in _SUMMARIES:
            return _form_of_json(path)
    except OSError as error:
        return "not taken", f"it cannot be read ({error.strerror})"
    return "not taken", f"no Parquet, CSV or JSON ({suffix or 'no ending'})"


def odd_encoding(path: Path) -> str:
    """What is to be said of a text file that is not written in UTF-8; empty for others."""
    encoding = encoding_of(_beginning(path))
    if encoding == "utf-8-sig":
        return ""
    return f"it is written in {(encoding or 'Windows-1252').upper()}, and was read so"


def _beginning(path: Path) -> bytes:
    """The first lines of a file, whole ones where there are several."""
    with path.open("rb") as file:
        content = file.read(_LOOKED_AT_BYTES)
    return content if len(content) < _LOOKED_AT_BYTES else content[: content.rfind(b"\n") + 1] or content


def _form_of_csv(path: Path) -> tuple[Form, str]:
    first, *others = decoded(_beginning(path)).splitlines() or [""]
    cells = next(csv.reader(io.StringIO(first.replace(";", ",").replace("\t", ","))), [])
    names = {plain_name(cell) for cell in cells}
    if names.isdisjoint(LABELS):
        return "not taken", "it has no column of ratings (preference, label ...); see `papersys import-ratings`"
    if names.isdisjoint(IDS):
        return "not taken", "it has no column of ids"
    if not any(map(str.strip, others)):
        return "not taken", "there is nothing in it but names of columns"
    return "ratings", ""


def _form_of_json(path: Path) -> tuple[Form, str]:
    values = first_records(path)
    if any(map(is_summary, values)):
        return "summaries", ""
    if values and path.suffix.casefold() not in LINE_SUFFIXES and all(map(is_keyword_tree, values)):
        return "keywords", ""
    if not values:
        return "summaries", "it is damaged: nothing in it can be read as JSON"
    if any(map(lacks_id, values)):
        return "not taken", "it has summaries without an id, so it is not known of which papers"
    return "not taken", f"neither summaries nor a tree of keywords, but {_shown(values[0])}"


def _shown(value: object) -> str:
    if not isinstance(value, Mapping):
        return "a list" if isinstance(value, list) else f"a {type(value).__name__}"
    keys = [str(key) for key in value if str(key).strip()]
    return f"an object with {', '.join(keys[:_SHOWN_KEYS])}" if keys else "an object without names"
