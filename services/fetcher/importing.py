"""Metadata from files: the snapshot of arXiv on Kaggle, lists of papers as JSON lines, CSV; each gzipped or not.

Snapshot: https://www.kaggle.com/datasets/Cornell-University/arxiv. An import never overrules what arXiv told us: it
stores papers that are unknown, and versions later than the stored ones.
"""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import Any

from services.fetcher.oai import is_withdrawn
from shared.contracts import now
from shared.errors import PapersysError
from shared.paper_ids import parse_versioned_id
from shared.store.metadata import MetadataStore, Paper

_BATCH = 5_000
_SHOWN_PROBLEMS = 20
Report = Callable[[int, int], None]


@dataclass
class Imported:
    """What became of the records of the files; `problems` name the first ones that could not be read."""

    read: int = 0
    new: int = 0
    revised: int = 0
    known: int = 0
    unreadable: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = f"{self.new} new, {self.revised} in a later version, {self.known} already known"
        return f"{self.read} papers read: {counts}, {self.unreadable} unreadable"


def import_files(paths: Sequence[Path], store: MetadataStore, report: Report | None = None) -> Imported:
    """Store the papers of the files; `report` hears bytes read and bytes in all. Raises PapersysError."""
    outcome = Imported()
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise PapersysError(f"There is no file {', '.join(missing)}.")
    total, before = sum(path.stat().st_size for path in paths), 0
    for path in paths:
        with path.open("rb") as file:
            records = _papers(path, file, outcome)
            while batch := list(islice(records, _BATCH)):
                _store(batch, store, outcome)
                if report is not None:
                    report(before + file.tell(), total)
        before += path.stat().st_size
    return outcome


def paper_of(record: Mapping[str, Any]) -> Paper:
    """A paper from a record of any of the formats. Raises ValueError that says what is wrong with it."""
    named = parse_versioned_id(str(_first(record, ["id", "paper_id"]) or ""))
    title, abstract = _words(record.get("title")), _words(record.get("abstract"))
    comment = _words(_first(record, ["comment", "comments"]))
    categories = _names(record.get("categories"), " ")
    if not title or not categories:
        raise ValueError(f"{named.paper_id} has no title or no categories")
    versions = record.get("versions") or ()
    stamps = [_time(one.get("created")) for one in versions]
    updated = (stamps[-1] if stamps else None) or _time(record.get("updated_at"))
    return Paper(
        paper_id=named.paper_id,
        version=named.version or len(versions) or int(record.get("version") or 1),
        title=title,
        abstract=abstract,
        authors=_authors(record),
        categories=categories,
        primary_category=str(record.get("primary_category") or categories[0]),
        published_at=(stamps[0] if stamps else None) or _time(_first(record, ["published_at", "first_seen"])),
        updated_at=updated,
        doi=_words(record.get("doi")),
        comment=comment,
        journal_ref=_words(_first(record, ["journal_ref", "journal-ref"])),
        license=_words(record.get("license")),
        withdrawn=str(record.get("withdrawn")).lower() == "true" or is_withdrawn(comment, abstract),
        source="import",
    )


def _papers(path: Path, file: Any, outcome: Imported) -> Iterator[Paper]:
    """The readable papers; the others are counted and the first of them named."""
    for line, record in _records(path, file):
        outcome.read += 1
        try:
            yield paper_of(_object(record))
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            outcome.unreadable += 1
            if len(outcome.problems) < _SHOWN_PROBLEMS:
                outcome.problems.append(f"{path.name}, record {line}: {problem}")


def _records(path: Path, file: Any) -> Iterator[tuple[int, Any]]:
    """Each record with its number: a line of JSON, or a row of CSV as a mapping."""
    is_zipped = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    text = io.TextIOWrapper(gzip.GzipFile(fileobj=file) if is_zipped else file, encoding="utf-8-sig", newline="")
    try:
        if ".csv" in path.suffixes:
            yield from enumerate(csv.DictReader(text), start=1)
        else:
            yield from ((number, line) for number, line in enumerate(text, start=1) if line.strip())
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise PapersysError(f"{path} breaks off or is no text: {error}. What came before is stored.") from error
    finally:
        text.detach()


def _object(record: Any) -> Mapping[str, Any]:
    found = json.loads(record) if isinstance(record, str) else record
    if not isinstance(found, Mapping):
        raise ValueError("no object")
    return found


def _store(papers: Iterable[Paper], store: MetadataStore, outcome: Imported) -> None:
    at = now()
    newest: dict[str, Paper] = {}
    for paper in papers:
        rival = newest.get(paper.paper_id)
        newest[paper.paper_id] = paper if rival is None or paper.version >= rival.version else rival
    stored = store.get(newest)
    wanted = [paper for paper in newest.values() if _says_more(paper, stored.get(paper.paper_id))]
    store.put(replace(paper, harvested_at=at) for paper in wanted)
    revised = sum(paper.paper_id in stored for paper in wanted)
    outcome.revised += revised
    outcome.new += len(wanted) - revised
    outcome.known += len(newest) - len(wanted)


def _says_more(paper: Paper, stored: Paper | None) -> bool:
    return stored is None or paper.version > stored.version


def _authors(record: Mapping[str, Any]) -> tuple[str, ...]:
    parsed = record.get("authors_parsed")
    if parsed:
        return tuple(_words(" ".join(filter(None, (*one[1:2], one[0], *one[2:3])))) for one in parsed)
    return _names(record.get("authors"), ";" if ";" in str(record.get("authors")) else ",")


def _names(value: Any, separator: str) -> tuple[str, ...]:
    """A list, a list written as JSON, or names with separators."""
    if isinstance(value, str):
        value = json.loads(value) if value.startswith("[") else value.split(separator)
    return tuple(filter(None, (_words(one) for one in value or ())))


def _first(record: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((record[name] for name in names if record.get(name)), None)


def _time(value: Any) -> datetime | None:
    """`Mon, 2 Apr 2007 19:18:42 GMT`, a day, or a time as ISO 8601 writes it."""
    if not value:
        return None
    text = str(value)
    if "," in text:
        return parsedate_to_datetime(text).astimezone(UTC)
    if len(text) == len("2007-04-02"):
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _words(value: Any) -> str:
    return " ".join(str(value).split()) if value else ""
