"""Papers as rows of CSV (RFC 4180, lines ended by CRLF), one paper a row.

Lists are JSON inside their cell, so that they come back exactly. Ids are text, always. No cell holds a carriage return,
so a file can be cut into its rows without reading them. Rows written before the last three columns were there are read
as rows with these empty.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache

END = b"\r\n"
_NEEDS_QUOTES = re.compile(r'[",\r\n]').search
_QUOTED_TITLE = re.compile(rb'[^,]*,[^,]*,"((?:[^"]|"")*)"')
MOST_CELL_CHARACTERS = 10_000_000
csv.field_size_limit(MOST_CELL_CHARACTERS)


@dataclass(frozen=True, slots=True)
class Paper:
    """What arXiv says about one paper. `source` names the interface it came by; times are aware and UTC.

    `version_at` is when the newest version was submitted. Not every interface tells the history: `version` is a lower
    bound until `version_known`, and `published_at` may be a later version's day until `published_known`.
    """

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
    version_at: datetime | None = None
    version_known: bool = False
    published_known: bool = False

    @property
    def text(self) -> str:
        """What is embedded and searched: title and abstract."""
        return f"{self.title}. {self.abstract}".strip()


COLUMNS = tuple(column.name for column in fields(Paper))
_EARLIER_COLUMNS = COLUMNS[: COLUMNS.index("version_at")]
COLUMNS_READ = (COLUMNS, _EARLIER_COLUMNS)
HEADER, EARLIER_HEADER = (",".join(columns).encode() + END for columns in COLUMNS_READ)
_NO_HISTORY = b"," * (len(COLUMNS) - len(_EARLIER_COLUMNS))
_HISTORY_CELLS = (b"", b"true")


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
    return utf8_of(encode_rows((paper,)))


def utf8_of(text: str) -> bytes:
    """A text in UTF-8; a lone surrogate, which no file can hold, becomes a question mark."""
    return text.encode("utf-8", "replace")


def whole_row(row: bytes) -> bytes:
    """The row with all of today's columns."""
    *_, version_known, published_known = row.removesuffix(END).rsplit(b",", 2)
    if version_known in _HISTORY_CELLS and published_known in _HISTORY_CELLS:
        return row
    return row.removesuffix(END) + _NO_HISTORY + END


def decode_rows(content: bytes) -> list[Paper]:
    """The papers of rows without a header. Raises ValueError for what is none."""
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    try:
        return [paper_of_cells(row) for row in reader]
    except (ValueError, TypeError, RecursionError, csv.Error) as error:
        raise ValueError(f"near line {reader.line_num}: {error}") from error


def cut_rows(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Each row with its id."""
    for row in content.split(END)[:-1]:
        yield row[: row.find(b",")].decode("utf-8", "replace"), row + END


def title_of(row: bytes) -> str:
    """The title in a row of a file, in a tenth of the time that the whole paper takes."""
    match = _QUOTED_TITLE.match(row)
    title = match[1].replace(b'""', b'"') if match else row.split(b",", 3)[2] if row.count(b",") > 2 else b""
    return title.decode("utf-8", "replace")


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
        _time_cell(paper.version_at),
        "true" if paper.version_known else "",
        "true" if paper.published_known else "",
    )


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


@lru_cache(4_096)
def _list_cell(values: tuple[str, ...]) -> str:
    return json.dumps(values, ensure_ascii=False)


@lru_cache(4_096)
def _time_cell(time: datetime | None) -> str:
    return "" if time is None else time.isoformat()


def paper_of_cells(row: list[str]) -> Paper:
    """The paper of a row's cells. Raises ValueError for what is none."""
    if len(row) not in map(len, COLUMNS_READ):
        raise ValueError(f"{len(row)} cells instead of {len(COLUMNS)}")
    version_at, version_known, published_known = row[len(_EARLIER_COLUMNS) :] or ("", "", "")
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
        _time(version_at),
        version_known == "true",
        published_known == "true",
    )


@lru_cache(4_096)
def _list(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


@lru_cache(4_096)
def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
