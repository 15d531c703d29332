"""Metadata from files: the snapshot of arXiv on Kaggle, lists of papers as JSON lines, CSV; gzipped, zipped or not.

Snapshot: https://www.kaggle.com/datasets/Cornell-University/arxiv. An import never overrules what arXiv told us: it
stores papers that are unknown, and versions later than the stored ones; of others it completes the history.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from itertools import islice
from pathlib import Path
from typing import IO, Any

from services.fetcher.arxiv.oai import is_withdrawn
from services.fetcher.metadata.import_records import ImportRecord, UnreadableFile, records_of
from services.fetcher.metadata.import_tables import UnreadableRow
from services.fetcher.metadata.normal_form import says_the_same
from services.fetcher.metadata.revisions import with_history
from services.fetcher.metadata.version_numbers import History, day_of, history_of
from shared.contracts import now
from shared.errors import PapersysError
from shared.paper_ids import parse_versioned_id
from shared.store.papers.limits import within_limits
from shared.store.papers.metadata import MetadataStore, Paper

_BATCH = 5_000
_SHOWN_PROBLEMS = 20
_FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
OnBytesRead = Callable[[int, int], None]


@dataclass
class ImportResult:
    """What became of the records of the files; `problems` name the first ones that could not be read."""

    read: int = 0
    new: int = 0
    revised: int = 0
    known: int = 0
    unreadable: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        """Count what cannot be read, and name it where few were named before."""
        self.unreadable += 1
        if len(self.problems) < _SHOWN_PROBLEMS:
            self.problems.append(problem)

    def __str__(self) -> str:
        counts = f"{self.new} new, {self.revised} newer versions, {self.known} unchanged"
        return f"{self.read} records read: {counts}, {self.unreadable} unreadable"


def import_files(paths: Sequence[Path], store: MetadataStore, report: OnBytesRead | None = None) -> ImportResult:
    """Store the papers of the files; `report` hears bytes read and bytes in all.

    A file that breaks off keeps no other from being read. Raises PapersysError for one that is not there.
    """
    outcome = ImportResult()
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise PapersysError(f"No such file: {', '.join(missing)}.")
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
    history = _history(record)
    paper = Paper(
        paper_id=named.paper_id,
        version=named.version or int(record.get("version") or 1),
        title=title,
        abstract=abstract,
        authors=_authors(record),
        categories=categories,
        primary_category=str(record.get("primary_category") or categories[0]),
        published_at=_time(_first(record, ["published_at", "first_seen"])),
        updated_at=(history.newest_at if history else None) or _time(record.get("updated_at")),
        doi=_words(record.get("doi")),
        comment=comment,
        journal_ref=_words(_first(record, ["journal_ref", "journal-ref"])),
        license=_words(record.get("license")),
        withdrawn=_is_true(record.get("withdrawn")) or is_withdrawn(comment, abstract),
        source="import",
        version_at=_time(record.get("version_at")),
        version_known=_is_true(record.get("version_known")),
        published_known=_is_true(record.get("published_known")),
    )
    return within_limits(with_history(paper, history) if history else paper)


def _papers(path: Path, file: IO[bytes], outcome: ImportResult) -> Iterator[Paper]:
    """The readable papers; the others are counted and the first of them named."""
    place = "its beginning"
    try:
        for place, record in records_of(path, file):
            outcome.read += 1
            try:
                yield paper_of(_readable(record))
            except _FAULTS as problem:
                outcome.note(f"{path.name}, {place}: {str(problem) or type(problem).__name__}")
    except UnreadableFile as problem:
        outcome.note(f"{path.name} could not be read after {place}: {problem}. What came before is stored.")


def _readable(record: ImportRecord) -> Mapping[str, Any]:
    if isinstance(record, UnreadableRow):
        raise record
    return record


def _store(papers: Iterable[Paper], store: MetadataStore, outcome: ImportResult) -> None:
    at = now()
    newest: dict[str, Paper] = {}
    for paper in papers:
        rival = newest.get(paper.paper_id)
        newest[paper.paper_id] = paper if rival is None or paper.version >= rival.version else rival
    stored = store.get(newest)
    wanted = {paper.paper_id: paper for paper in newest.values() if _says_more(paper, stored.get(paper.paper_id))}
    store.put(replace(paper, harvested_at=at) for paper in wanted.values())
    unchanged = (paper for paper in newest.values() if paper.paper_id in stored and paper.paper_id not in wanted)
    store.overrule(filter(None, (_completed(stored[paper.paper_id], paper) for paper in unchanged)))
    revised = sum(paper_id in stored for paper_id in wanted)
    outcome.revised += revised
    outcome.new += len(wanted) - revised
    outcome.known += len(newest) - len(wanted)


def _says_more(paper: Paper, stored: Paper | None) -> bool:
    """Whether a paper is unknown, or a later version than the stored one."""
    if stored is None:
        return True
    if paper.version_at and stored.version_at:
        return paper.version_at.date() > stored.version_at.date()
    return paper.version > stored.version and (stored.version_known or not _says_the_same(paper, stored))


def _completed(stored: Paper, paper: Paper) -> Paper | None:
    """The stored paper with the history that a record tells of the same version; None where it tells no more."""
    if not paper.version_known or (stored.version_known and stored.published_known):
        return None
    days = [version.version_at.date() for version in (paper, stored) if version.version_at]
    is_of_it = days[0] == days[1] if len(days) > 1 else _says_the_same(paper, stored)
    first = paper.published_at if paper.published_known else None
    return with_history(stored, History(paper.version, first, paper.version_at)) if is_of_it else None


def _says_the_same(paper: Paper, stored: Paper) -> bool:
    return says_the_same(paper.title, stored.title) and says_the_same(paper.abstract, stored.abstract)


def _history(record: Mapping[str, Any]) -> History | None:
    """The newest version is the one with the highest number: a list may leave versions out."""
    listed = record.get("versions")
    if not isinstance(listed, list):
        return None
    return history_of(
        (version.get("version"), version.get("created")) for version in listed if isinstance(version, Mapping)
    )


def _authors(record: Mapping[str, Any]) -> tuple[str, ...]:
    parsed = record.get("authors_parsed")
    if parsed:
        return tuple(_words(" ".join(filter(None, (*name[1:2], name[0], *name[2:3])))) for name in parsed)
    return _names(record.get("authors"), ";" if ";" in str(record.get("authors")) else ",")


def _names(value: Any, separator: str) -> tuple[str, ...]:
    """A list, a list written as JSON, or names with separators."""
    if isinstance(value, str):
        value = json.loads(value) if value.startswith("[") else value.split(separator)
    return tuple(filter(None, (_words(name) for name in value or ())))


def _first(record: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((record[name] for name in names if record.get(name)), None)


def _time(value: Any) -> datetime | None:
    """`Mon, 2 Apr 2007 19:18:42 GMT`, a day, or a time as ISO 8601 writes it."""
    if not value:
        return None
    text = str(value)
    if "," in text:
        return day_of(text)
    if len(text) == len("2007-04-02"):
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _words(value: Any) -> str:
    return " ".join(str(value).split()) if value else ""
