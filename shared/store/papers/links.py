"""Typed links between papers: `links/<YYYY-MM>.jsonl`, a line a paper with the links that were found reading it."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.files.jsonlines import MonthFiles, Record
from shared.store.papers.summaries import Quote

_PAPER = re.compile(rb'"paper_id":\s*"([^"\\]+)"')
_LINK = re.compile(rb'"other_id":\s*"([^"\\]+)",\s*"type":\s*"([^"\\]+)"')


LIKED = "; you liked it"
"""At the end of the evidence of a link to a paper that the owner liked."""


class Link(BaseModel):
    """`paper_id` is related to `other_id` as `type` says (cites, extends, similar, ...); shared/relations.py has all.

    With `is_reversed` it is the other way round: `other_id` extends `paper_id`. `score` orders links of one type,
    `confidence` is from 0 to 1 (None, in lines of earlier versions: the score). `evidence` is the reason in words;
    `quote` is a sentence of `paper_id` that shows it, `other_quote` one of `other_id`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    paper_id: str
    other_id: str
    type: str
    score: float = 0.0
    evidence: str = ""
    is_reversed: bool = False
    confidence: float | None = None
    quote: Quote | None = None
    other_quote: Quote | None = None
    model: str = ""

    @property
    def public_evidence(self) -> str:
        """The evidence without what the owner thinks of the paper."""
        return self.evidence.removesuffix(LIKED)


class PaperLinks(Record):
    links: tuple[Link, ...] = ()
    made_at: AwareDatetime


class _Line(NamedTuple):
    """Where a paper's line lies in its month's file, in bytes."""

    start: int
    length: int


@dataclass
class _Month:
    """What a month's links lead to, without the links: a library of 20,000 papers has half a million."""

    stamp: FileStamp
    lines: dict[str, _Line] = field(default_factory=dict)
    papers_by_other: dict[str, list[str]] = field(default_factory=dict)
    others_by_type: dict[str, set[str]] = field(default_factory=dict)
    links: int = 0


class _LinkFiles(MonthFiles[PaperLinks]):
    """The files, with an index of the papers at the other end, kept until a month's file changes."""

    def __init__(self, data: DataFolder) -> None:
        super().__init__(data, "links", PaperLinks)
        self._months: dict[Path, _Month] = {}

    def months(self) -> Iterator[_Month]:
        """The index of each month; costs a look at its file where that has not changed."""
        yield from (month for _, month in self._indexed())

    def ending_at(self, paper_id: str) -> list[Link]:
        """The links of other papers to this one."""
        return [
            link
            for path, month in self._indexed()
            for other in month.papers_by_other.get(paper_id, ())
            for link in _read_line(path, month.lines[other])
            if link.other_id == paper_id
        ]

    def _indexed(self) -> Iterator[tuple[Path, _Month]]:
        for path in self._paths():
            stamp = stamp_of(path)
            month = self._months.get(path)
            if stamp is not None and (month is None or month.stamp != stamp):
                month = self._months[path] = _index(path, stamp)
            if stamp is not None and month is not None:
                yield path, month


def _index(path: Path, stamp: FileStamp) -> _Month:
    month, start = _Month(stamp), 0
    for line in path.read_bytes().splitlines(keepends=True):
        paper = _PAPER.search(line)
        if paper and line.endswith(b"\n"):
            paper_id = paper[1].decode()
            month.lines[paper_id] = _Line(start, len(line))
            for other, kind in _others_of(line):
                papers = month.papers_by_other.setdefault(other, [])
                if not papers or papers[-1] != paper_id:
                    papers.append(paper_id)
                month.others_by_type.setdefault(kind, set()).add(other)
                month.links += 1
        start += len(line)
    return month


def _others_of(line: bytes) -> list[tuple[str, str]]:
    """The other paper and the type of each link of a line; one that another program wrote is read in whole."""
    found = _LINK.findall(line)
    if len(found) == line.count(b'"other_id"'):
        return [(other.decode(), kind.decode()) for other, kind in found]
    return [(link.other_id, link.type) for link in _links_of(line)]


def _read_line(path: Path, line: _Line) -> tuple[Link, ...]:
    """The links of a line; none where the file was replaced meanwhile by one without it."""
    with path.open("rb") as file:
        file.seek(line.start)
        return _links_of(file.read(line.length))


def _links_of(line: bytes) -> tuple[Link, ...]:
    try:
        return PaperLinks.model_validate_json(line).links
    except ValidationError:
        return ()


class LinkStore:
    """All links, seen from both ends."""

    def __init__(self, data: DataFolder) -> None:
        self._files = _LinkFiles(data)

    def put(self, paper_id: str, links: list[Link]) -> None:
        """Store the links found reading a paper in place of its earlier ones. Raises ValueError for another's link."""
        strangers = [link for link in links if link.paper_id != paper_id]
        if strangers:
            raise ValueError(f"{strangers[0]} does not start at {paper_id}")
        ordered = sorted(links, key=lambda link: (link.type, link.other_id, link.is_reversed))
        self._files.put(PaperLinks(paper_id=paper_id, links=tuple(ordered), made_at=now()))

    def record(self, paper_id: str) -> PaperLinks | None:
        """What was found reading a paper; None where it was not looked for."""
        return self._files.get(paper_id)

    def records(self) -> Iterator[PaperLinks]:
        """The same of every paper, by month."""
        return self._files.all()

    def put_records(self, records: Iterable[PaperLinks]) -> None:
        """Store records as they are, a month at a time."""
        self._files.put_many(records)

    def of(self, paper_id: str) -> list[Link]:
        """The links that start or end at a paper, best first."""
        record = self._files.get(paper_id)
        starting = record.links if record else ()
        return sorted([*starting, *self._files.ending_at(paper_id)], key=lambda link: -link.score)

    def linked_at(self, paper_id: str) -> datetime | None:
        """When the links that start at a paper were looked for last."""
        record = self._files.get(paper_id)
        return record.made_at if record else None

    def others(self, kind: str) -> set[str]:
        """The papers that links of a type lead to."""
        return {other for month in self._files.months() for other in month.others_by_type.get(kind, ())}

    def drop_links_to(self, paper_ids: Collection[str], kind: str) -> None:
        """Remove the links of a type that lead to these papers."""
        ending = [link for paper_id in paper_ids for link in self._files.ending_at(paper_id) if link.type == kind]
        for paper_id in {link.paper_id for link in ending}:
            record = self._files.get(paper_id)
            kept = [link for link in record.links if link not in ending] if record else []
            self.put(paper_id, kept)

    def count(self) -> int:
        return sum(month.links for month in self._files.months())
