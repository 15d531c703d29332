"""A month of metadata from its file, row by row: what cannot be read is told apart and takes nothing else with it."""

import contextlib
import csv
import io
import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from shared.errors import PapersysError
from shared.store.papers.rows import (
    COLUMNS,
    COLUMNS_READ,
    EARLIER_HEADER,
    END,
    HEADER,
    MOST_CELL_CHARACTERS,
    Paper,
    cut_rows,
    decode_rows,
    encode_row,
    paper_of_cells,
    whole_row,
)

_ID = rb"(?:[0-9]{4}\.[0-9]{4,5}|[a-z][a-zA-Z.-]*/[0-9]{7}|[a-z][a-z0-9]*:[A-Za-z0-9._~-]+)"
_BEGINS_A_ROW = re.compile(_ID + rb",[0-9]+,")
_OUR_ROW_BREAK = re.compile(rb"\r\n(?=" + _ID + rb",[0-9]+,)")
_ROW_BREAK = re.compile(rb"\r?\n(?=" + _ID + rb",[0-9]+,)")
_NAMED_BYTES = 40


@dataclass
class MonthRows:
    """The rows by id, each with its end; `unreadable` is the rest, as it stands in the file."""

    rows: dict[str, bytes] = field(default_factory=dict)
    unreadable: list[bytes] = field(default_factory=list)

    def set_aside(self, paper_id: str) -> None:
        """A row that proved unreadable is no paper any more."""
        self.unreadable.append(self.rows.pop(paper_id))


def read_rows(path: Path) -> MonthRows:
    """The rows of a file as they are or, in a file that others wrote, as we would write them.

    Raises PapersysError for a file with other columns.
    """
    content = path.read_bytes()
    for header in (HEADER, EARLIER_HEADER):
        if content.startswith(header) and content.endswith(END):
            rows = dict(cut_rows(content[len(header) :]))
            if all(map(_is_ours, rows.values())):
                return MonthRows(rows if header is HEADER else {key: whole_row(row) for key, row in rows.items()})
    return _foreign_rows(path, content)


def count_rows(path: Path) -> int | None:
    """How many rows a file of ours holds, in a tenth of the time of reading them; None where they have to be read."""
    content = path.read_bytes()
    if not (content.startswith((HEADER, EARLIER_HEADER)) and content.endswith(END)):
        return None
    begins = [found.end() for found in _OUR_ROW_BREAK.finditer(content)]
    lengths = (after - before for before, after in pairwise([*begins, len(content)]))
    is_ours = len(begins) == content.count(END) - 1 and max(lengths, default=0) <= MOST_CELL_CHARACTERS
    return len(begins) if is_ours else None


def read_papers(path: Path) -> list[Paper]:
    """The papers of a CSV file that can be read. Raises PapersysError for a file with other columns."""
    return decode_readable(read_rows(path))


def decode_readable(month: MonthRows, paper_ids: list[str] | None = None) -> list[Paper]:
    """The papers of all rows, or of some ids that are there, in that order; rows that are none are set aside."""
    wanted = list(month.rows) if paper_ids is None else paper_ids
    with contextlib.suppress(ValueError):
        papers = decode_rows(b"".join(month.rows[paper_id] for paper_id in wanted))
        if len(papers) == len(wanted):
            return papers
    return [paper for paper_id in wanted for paper in _decoded_alone(month, paper_id)]


def name_of(row: bytes) -> str:
    """What an unreadable row is called: its beginning, and how long it is."""
    start = row.strip()[:_NAMED_BYTES].decode("utf-8", "replace")
    return f"{' '.join(start.split())!r} ({len(row)} bytes)"


def _decoded_alone(month: MonthRows, paper_id: str) -> list[Paper]:
    try:
        return decode_rows(month.rows[paper_id])
    except ValueError:
        month.set_aside(paper_id)
        return []


def _is_ours(row: bytes) -> bool:
    return len(row) <= MOST_CELL_CHARACTERS and _BEGINS_A_ROW.match(row) is not None


def _foreign_rows(path: Path, content: bytes) -> MonthRows:
    """As CSV, with any line ends; where that fails, piece by piece, cut where a line begins with an id."""
    header, _, rest = content.partition(b"\n")
    if _cells(header.decode("utf-8-sig", "replace").strip()) not in COLUMNS_READ:
        raise PapersysError(f"{path} does not have the columns {', '.join(COLUMNS)}; restore it or move it away.")
    try:
        papers = _papers(rest)
    except ValueError:
        return _pieces(rest)
    return MonthRows({paper.paper_id: encode_row(paper) for paper in papers})


def _cells(line: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([line]), ()))
    except csv.Error:
        return ()


def _pieces(content: bytes) -> MonthRows:
    month = MonthRows()
    for piece in filter(bytes.strip, _ROW_BREAK.split(content)):
        try:
            _keep(month, _papers(piece))
        except ValueError:
            for line in filter(bytes.strip, piece.split(END) if END in piece else piece.split(b"\n", 1)):
                _keep_line(month, line)
    return month


def _keep(month: MonthRows, papers: list[Paper]) -> None:
    month.rows.update({paper.paper_id: encode_row(paper) for paper in papers})


def _keep_line(month: MonthRows, line: bytes) -> None:
    try:
        _keep(month, _papers(line))
    except ValueError:
        month.unreadable.append(line.strip(b"\r\n") + END)


def _papers(content: bytes) -> list[Paper]:
    rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    try:
        papers = [paper_of_cells(cells) for cells in rows if cells]
    except (TypeError, RecursionError, csv.Error) as error:
        raise ValueError(f"{error}") from error
    if not all(_BEGINS_A_ROW.match(f"{paper.paper_id},{paper.version},".encode()) for paper in papers):
        raise ValueError("an id is none")
    if len(papers) <= len(_ROW_BREAK.findall(content)):
        raise ValueError("a quote swallows a row")
    return papers
