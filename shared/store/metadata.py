"""Metadata of papers: `metadata/<YYYY-MM>.csv` by month of the arXiv id, RFC 4180, sorted by id. The fetcher writes.

Lists are JSON inside their cell, so that they come back exactly. Ids are text, always.
"""

import csv
import io
import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path

from shared.errors import PapersysError
from shared.paper_ids import month_of
from shared.store.files import DataFolder

_CACHED_MONTHS = 4
csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class Paper:
    """What arXiv says about one paper. `source` names the interface it came by; times are aware and UTC."""

    paper_id: str
    version: int
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    primary_category: str
    published_at: datetime | None
    updated_at: datetime | None
    doi: str = ""
    comment: str = ""
    journal_ref: str = ""
    license: str = ""
    withdrawn: bool = False
    source: str = "oai"
    harvested_at: datetime | None = None

    @property
    def text(self) -> str:
        """What is embedded and searched: title and abstract."""
        return f"{self.title}. {self.abstract}".strip()


COLUMNS = tuple(column.name for column in fields(Paper))


@dataclass(frozen=True)
class Stored:
    """What `put` did with each paper."""

    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


@dataclass
class _Month:
    stamp: tuple[int, int, int]
    papers: dict[str, Paper] = field(default_factory=dict)


class MetadataStore:
    """All papers that were harvested."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._cache: OrderedDict[str, _Month] = OrderedDict()

    def put(self, papers: Iterable[Paper]) -> Stored:
        """Store papers; a newer version replaces an older, never the reverse. The same again changes no byte."""
        by_month: dict[str, dict[str, Paper]] = defaultdict(dict)
        for paper in papers:
            month = by_month[month_of(paper.paper_id)]
            rival = month.get(paper.paper_id)
            month[paper.paper_id] = paper if rival is None or paper.version >= rival.version else rival
        new: list[str] = []
        revised: list[str] = []
        known: list[str] = []
        with self._data.lock("metadata"):
            for month_name, incoming in sorted(by_month.items()):
                stored = dict(self._month(month_name))
                for paper_id, paper in incoming.items():
                    old = stored.get(paper_id)
                    if old is None:
                        new.append(paper_id)
                    elif _supersedes(paper, old):
                        (revised if (paper.title, paper.abstract) != (old.title, old.abstract) else known).append(
                            paper_id
                        )
                    else:
                        known.append(paper_id)
                        continue
                    stored[paper_id] = paper
                self._write(month_name, stored)
        return Stored(tuple(new), tuple(revised), tuple(known))

    def get(self, paper_ids: Iterable[str]) -> dict[str, Paper]:
        """The papers that are stored, by id; unknown ids are left out."""
        by_month: dict[str, list[str]] = defaultdict(list)
        for paper_id in paper_ids:
            by_month[month_of(paper_id)].append(paper_id)
        found: dict[str, Paper] = {}
        for month_name, wanted in by_month.items():
            papers = self._month(month_name)
            found.update({paper_id: papers[paper_id] for paper_id in wanted if paper_id in papers})
        return found

    def months(self) -> list[str]:
        """The months that have papers, as `YYYY-MM`, oldest first."""
        return sorted(path.stem for path in self._data.path("metadata").glob("????-??.csv"))

    def month(self, month_name: str) -> list[Paper]:
        """A month's papers, by id."""
        return list(self._month(month_name).values())

    def all(self) -> Iterator[Paper]:
        """Every paper, month by month."""
        for month_name in self.months():
            yield from self.month(month_name)

    def count(self) -> int:
        return sum(len(self._month(name)) for name in self.months())

    def fingerprint(self) -> str:
        """Changes whenever a paper is stored or changed; costs only a look at the files."""
        stats = ((path.name, path.stat()) for path in sorted(self._data.path("metadata").glob("????-??.csv")))
        return ";".join(f"{name}:{found.st_mtime_ns}:{found.st_size}:{found.st_ino}" for name, found in stats)

    def _path(self, month_name: str) -> Path:
        return self._data.path("metadata", f"{month_name}.csv")

    def _month(self, month_name: str) -> dict[str, Paper]:
        path = self._path(month_name)
        try:
            found = path.stat()
        except FileNotFoundError:
            return {}
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        cached = self._cache.get(month_name)
        if cached is None or cached.stamp != stamp:
            cached = _Month(stamp, {paper.paper_id: paper for paper in read_papers(path)})
            self._cache[month_name] = cached
        self._cache.move_to_end(month_name)
        while len(self._cache) > _CACHED_MONTHS:
            self._cache.popitem(last=False)
        return cached.papers

    def _write(self, month_name: str, papers: dict[str, Paper]) -> None:
        rows = (papers[paper_id] for paper_id in sorted(papers))
        self._data.write_text(self._path(month_name), write_papers(rows))


def _supersedes(paper: Paper, old: Paper) -> bool:
    """Whether `paper` says more or later things than `old`; when it was harvested does not count."""
    if paper.version != old.version:
        return paper.version > old.version
    return replace(paper, harvested_at=old.harvested_at, source=old.source) != old


def write_papers(papers: Iterable[Paper]) -> str:
    """Papers as CSV with a header, lines ended by CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(paper) for paper in papers)
    return out.getvalue()


def read_papers(path: Path) -> list[Paper]:
    """The papers of a CSV file. Raises PapersysError that names file and line."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise PapersysError(f"{path} does not have the columns {', '.join(COLUMNS)}; restore it or move it away.")
        try:
            return [_paper(row) for row in rows]
        except (ValueError, TypeError, KeyError) as error:
            raise PapersysError(f"{path}, near line {rows.line_num}, cannot be read: {error}") from error


def _cells(paper: Paper) -> list[str]:
    return [_cell(getattr(paper, name)) for name in COLUMNS]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")


def _paper(row: dict[str, str]) -> Paper:
    return Paper(
        paper_id=row["paper_id"],
        version=int(row["version"]),
        title=row["title"],
        abstract=row["abstract"],
        authors=tuple(json.loads(row["authors"])),
        categories=tuple(json.loads(row["categories"])),
        primary_category=row["primary_category"],
        published_at=_time(row["published_at"]),
        updated_at=_time(row["updated_at"]),
        doi=row["doi"],
        comment=row["comment"],
        journal_ref=row["journal_ref"],
        license=row["license"],
        withdrawn=row["withdrawn"] == "true",
        source=row["source"],
        harvested_at=_time(row["harvested_at"]),
    )


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
