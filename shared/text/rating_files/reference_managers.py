"""BibTeX and RIS as rows: entries count as papers in a list, unless they carry the mark of an export of papersys."""

import re
from collections.abc import Iterator, Mapping

from shared.preprints import doi_id, is_preprint
from shared.text.rating_files.fields import add_record, plain_name
from shared.text.rating_files.rated_rows import Reading
from shared.text.references.bibliography import arxiv_id, entries_of, plain

BIBTEX = re.compile(r"^\s*@\s*\w+\s*[{(]", re.M)
RIS = re.compile(r"^\ufeff?TY {1,2}-", re.M)
_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: |$)")
_RIS_NAMES = {
    "TI": "title", "T1": "title", "UR": "url", "DO": "doi", "N1": "notes", "KW": "keywords", "Y2": "dateadded",
    "ID": "key", "M1": "number", "M3": "reporttype", "PB": "publisher", "JO": "journal", "JF": "journal",
    "T2": "journaltitle", "AN": "archivelocation", "C1": "extra", "L1": "link", "L2": "links", "LK": "urls",
    "SP": "pages", "VL": "volume", "SN": "note", "DB": "archive",
}  # fmt: skip


def read_bibtex(reading: Reading, text: str) -> None:
    """JabRef's `timestamp` and BibDesk's `date-added` are when an entry was added."""
    for line, fields in entries_of(text):
        if isinstance(fields, str):
            reading.problem(line, fields)
            continue
        found = {plain_name(name): value for name, value in fields.items()}
        if paper_id := _preprint_id(fields) or arxiv_id(fields):
            found["arxivid"] = paper_id
        add_record(reading, line, {**found, "title": plain(fields.get("title", ""))})


def _preprint_id(fields: Mapping[str, str]) -> str:
    """The paper of another server that an export of papersys names, or an entry by server and DOI; else nothing."""
    if is_preprint(written := fields.get("papersys", "").strip()):
        return written
    try:
        return doi_id(fields.get("archiveprefix", "").strip().casefold(), fields.get("eprint", ""))
    except ValueError:
        return ""


def read_ris(reading: Reading, text: str) -> None:
    """A record ends with `ER`, with the next `TY`, or with the file."""
    for line, fields in _records(text):
        add_record(reading, line, fields)


def _records(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    begin, fields, last = 0, dict[str, str](), ""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")), start=1):
        match = _TAG.match(line)
        tag, value = (match[1], line[match.end() :].strip()) if match else ("", line.strip())
        if tag in ("TY", "ER") and begin:
            yield begin, fields
        if tag in ("TY", "ER"):
            begin, fields, last = (number if tag == "TY" else 0), {}, ""
        elif begin:
            last = _RIS_NAMES.get(tag, "") if tag else last
            _put(fields, last, value)
    if begin:
        yield begin, fields


def _put(fields: dict[str, str], name: str, value: str) -> None:
    """A tag may come several times, and go on over lines; keywords stay apart."""
    if name and value:
        between = "\n" if name == "keywords" else " "
        fields[name] = f"{fields[name]}{between}{value}" if name in fields else value
