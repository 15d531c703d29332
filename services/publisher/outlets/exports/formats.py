"""The forms in which papers are exported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.publisher.outlets.exports.bibtex import ARXIV, bibtex_of
from services.publisher.outlets.exports.entries import Entry
from services.publisher.outlets.exports.ris import ris_of
from services.publisher.outlets.exports.tables import csv_of, json_of
from shared.contracts import now


@dataclass(frozen=True)
class Format:
    """A form under the name that people know it by; `write` makes the file."""

    label: str
    media_type: str
    write: Callable[[Sequence[Entry]], str]


def _bibtex(entries: Sequence[Entry]) -> str:
    return bibtex_of((entry.paper for entry in entries), entries[0].arxiv if entries else ARXIV)


def _ris(entries: Sequence[Entry]) -> str:
    return ris_of((entry.paper for entry in entries), entries[0].arxiv if entries else ARXIV)


FORMATS: Mapping[str, Format] = {
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", _bibtex),
    "ris": Format("RIS", "application/x-research-info-systems; charset=utf-8", _ris),
    "csv": Format("CSV", "text/csv; charset=utf-8", csv_of),
    "json": Format("JSON", "application/json", lambda entries: json_of(entries, now())),
}
"""By the ending of their files."""
