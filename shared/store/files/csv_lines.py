"""CSV that is appended to: a line is a record, so that one that is torn or spoilt takes no other with it."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from shared.contracts import AHEAD, FIRST_MOMENT, now

_MOST_CHARACTERS = 1_000


def read_rows(
    text: str, columns: Sequence[str], *, first_number: int = 1, added: Sequence[str] = ()
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each line with its number; a header that names every one of `columns` may order them as it likes.

    `added` are those that a header and lines of an older papersys lack.
    """
    wanted, order = set(columns) - set(added), tuple(columns)
    for number, line in enumerate(text.split("\n"), start=first_number):
        cells = cells_of(line)
        if number == 1 and wanted <= set(cells):
            order = tuple(cells)
        elif cells:
            yield number, dict(zip(order, cells, strict=False))


def dump_rows(rows: Iterable[Iterable[object]], columns: Sequence[str], *, with_header: bool) -> str:
    """Rows as whole lines."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    if with_header:
        writer.writerow(columns)
    for row in rows:
        writer.writerow([cell.isoformat() if isinstance(cell, datetime) else _one_line(cell) for cell in row])
    return out.getvalue()


def read_moment(text: str, latest: datetime) -> datetime:
    """A time at which something can have been said, aware. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not FIRST_MOMENT <= moment <= latest:
        raise ValueError(f"{text} is no time at which it can have been said")
    return moment


def latest_moment(path: Path) -> datetime:
    """Nothing in a file is later than the file was written, whatever the clock says by now."""
    written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return max(now(), written_at) + AHEAD


def cells_of(line: str) -> list[str]:
    """The cells of a line; the beginning of one that is no CSV."""
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return [line[:_MOST_CHARACTERS]]


def _one_line(value: object) -> str:
    """A cell without line ends, so that a line is a record and a torn one can be told."""
    return " ".join(value.split())[:_MOST_CHARACTERS] if isinstance(value, str) else str(value)
