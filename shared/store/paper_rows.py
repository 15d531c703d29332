"""Papers as rows of CSV (RFC 4180, lines ended by CRLF), one paper a row.

Lists are JSON inside their cell, so that they come back exactly. Ids are text, always. No cell holds a carriage return,
so a file can be cut into its rows without reading them.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from shared.errors import PapersysError

_END = b"\r\n"
_BEGINS_A_ROW = re.compile(rb"(?:\d{4}\.\d{4,5}|[a-z][a-zA-Z.-]*/\d{7}),\d+,")
_NEEDS_QUOTES = re.compile(r'[",\r\n]').search
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
HEADER = ",".join(COLUMNS).encode() + _END


def write_papers(papers: Iterable[Paper]) -> str:
    """Papers as CSV with a header, lines ended by CRLF."""
    return HEADER.decode() + encode_rows(papers)


def encode_rows(papers: Iterable[Paper], harvested_at: datetime | None = None) -> str:
    """Papers as CSV without a header, byte for byte as `csv.writer` has it, in less time.

    With `harvested_at`, that is when they were harvested, whatever they say.
    """
    return "".join(",".join(map(_quoted, _cells(paper, harvested_at))) + "\r\n" for paper in papers)


def encode_row(paper: Paper) -> bytes:
    """One paper, with the end of its line."""
    return encode_rows((paper,)).encode()


def decode_rows(content: bytes) -> list[Paper]:
    """The papers of rows without a header. Raises ValueError for what is none."""
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    try:
        return [_paper(row) for row in reader]
    except (ValueError, TypeError, csv.Error) as error:
        raise ValueError(f"near line {reader.line_num}: {error}") from error


def read_papers(path: Path) -> list[Paper]:
    """The papers of a CSV file. Raises PapersysError that names file and line."""
    return _read_papers(path, path.read_bytes())


def read_rows(path: Path) -> dict[str, bytes]:
    """The rows of a file by id, each with its end, as they are or, in a file that others wrote, as we would write them.

    Raises PapersysError that names the file.
    """
    content = path.read_bytes()
    rows = dict(cut_rows(content[len(HEADER) :])) if content.startswith(HEADER) and content.endswith(_END) else None
    if rows is not None and all(map(_BEGINS_A_ROW.match, rows.values())):
        return rows
    return {paper.paper_id: encode_row(paper) for paper in _read_papers(path, content)}


def cut_rows(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Each row with its id."""
    for row in content.split(_END)[:-1]:
        yield row[: row.find(b",")].decode("utf-8", "replace"), row + _END


def _read_papers(path: Path, content: bytes) -> list[Paper]:
    rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    if tuple(next(rows, ())) != COLUMNS:
        raise PapersysError(f"{path} does not have the columns {', '.join(COLUMNS)}; restore it or move it away.")
    try:
        return [_paper(row) for row in rows]
    except (ValueError, TypeError, csv.Error) as error:
        raise PapersysError(f"{path}, near line {rows.line_num}, cannot be read: {error}") from error


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES(cell) else cell


def _cells(paper: Paper, harvested_at: datetime | None) -> tuple[str, ...]:
    return (
        paper.paper_id,
        str(paper.version),
        _plain(paper.title),
        _plain(paper.abstract),
        json.dumps(paper.authors, ensure_ascii=False),
        _list_cell(paper.categories),
        _plain(paper.primary_category),
        _time_cell(paper.published_at),
        _time_cell(paper.updated_at),
        _plain(paper.doi),
        _plain(paper.comment),
        _plain(paper.journal_ref),
        _plain(paper.license),
        "true" if paper.withdrawn else "false",
        _plain(paper.source),
        _time_cell(harvested_at or paper.harvested_at),
    )


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


@lru_cache(4_096)
def _list_cell(values: tuple[str, ...]) -> str:
    return json.dumps(values, ensure_ascii=False)


@lru_cache(4_096)
def _time_cell(time: datetime | None) -> str:
    return "" if time is None else time.isoformat()


def _paper(row: list[str]) -> Paper:
    if len(row) != len(COLUMNS):
        raise ValueError(f"{len(row)} cells instead of {len(COLUMNS)}")
    return Paper(
        row[0],
        int(row[1]),
        row[2],
        row[3],
        tuple(json.loads(row[4])),
        _list(row[5]),
        row[6],
        _time(row[7]),
        _time(row[8]),
        row[9],
        row[10],
        row[11],
        row[12],
        row[13] == "true",
        row[14],
        _time(row[15]),
    )


@lru_cache(4_096)
def _list(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


@lru_cache(4_096)
def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
