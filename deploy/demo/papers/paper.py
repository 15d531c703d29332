"""What the demo arXiv knows of one paper: its metadata and the days on which its versions were announced."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

OLD_DATESTAMP = "2007-05-23"
DEFAULT_LICENSE = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
_PAPER_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(\d+))?", re.ASCII)
_SUFFIXES = {"Jr", "Jr.", "Sr.", "II", "III", "IV"}


class Author(NamedTuple):
    keyname: str
    forenames: str = ""
    suffix: str = ""
    affiliation: str = ""

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.forenames, self.keyname, self.suffix) if part)


class Version(NamedTuple):
    number: int
    announced: str
    submitted: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper with all its versions; TeX in title, abstract and names is kept as the authors typed it."""

    paper_id: str
    title: str
    abstract: str
    authors: tuple[Author, ...]
    categories: tuple[str, ...]
    announced: tuple[str, ...]
    comment: str = ""
    journal_ref: str = ""
    doi: str = ""
    report_no: str = ""
    msc_class: str = ""
    license: str = DEFAULT_LICENSE
    withdrawn_in: int = 0
    topic: str = field(default="", compare=False)

    @property
    def versions(self) -> tuple[Version, ...]:
        return tuple(
            Version(number, day, submission_time(self.paper_id, day)) for number, day in enumerate(self.announced, 1)
        )

    def version_on(self, today: str) -> int:
        """Number of the newest version announced by then; 0 when the paper is still unknown to the world."""
        return sum(day <= today for day in self.announced)

    def is_withdrawn(self, version: int) -> bool:
        return bool(self.withdrawn_in) and version >= self.withdrawn_in


def parse_paper_id(text: str) -> tuple[str, int | None] | None:
    """`2610.00001v2` gives (`2610.00001`, 2); None for what is no arXiv id."""
    match = _PAPER_ID.fullmatch(text)
    if match is None:
        return None
    return match[1], int(match[2]) if match[2] else None


def datestamp(announced: str) -> str:
    """The OAI datestamp: the day of announcement, but for papers older than arXiv's OAI records a fixed day."""
    return max(announced, OLD_DATESTAMP)


def submission_time(paper_id: str, announced: str) -> datetime:
    """Papers are submitted on the working day before they are announced, at an hour that depends on the id."""
    day = date.fromisoformat(announced) - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    seconds = zlib.crc32(f"{paper_id} {announced}".encode()) % 68_000
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(seconds=seconds)


def parse_author(text: str) -> Author:
    """Reads `Keyname, Forenames[, Suffix] [(Affiliation)]`, or a plain `Forenames Keyname`."""
    name, _, affiliation = text.partition(" (")
    affiliation = affiliation.removesuffix(")")
    if "," in name:
        keyname, forenames, *suffix = [part.strip() for part in name.split(",")]
        return Author(keyname, forenames, " ".join(suffix), affiliation)
    words = name.split()
    suffix_words = [words.pop()] if len(words) > 2 and words[-1] in _SUFFIXES else []
    return Author(words[-1] if words else "", " ".join(words[:-1]), " ".join(suffix_words), affiliation)


def parse_paper(record: Mapping[str, Any]) -> Paper:
    """One line of the corpus format, or of a plain list of papers (`first_seen` instead of `announced`)."""
    return Paper(
        paper_id=record["id"],
        title=record["title"],
        abstract=record["abstract"],
        authors=tuple(parse_author(author) for author in record["authors"]),
        categories=tuple(record["categories"]),
        announced=tuple(record.get("announced") or [record["first_seen"]]),
        comment=record.get("comment") or "",
        journal_ref=record.get("journal_ref") or "",
        doi=record.get("doi") or "",
        report_no=record.get("report_no") or "",
        msc_class=record.get("msc_class") or "",
        license=record.get("license") or DEFAULT_LICENSE,
        withdrawn_in=record.get("withdrawn_in") or 0,
        topic=record.get("topic") or "",
    )
