"""Single rows of a large sorted month of metadata, by bisection in a memory map: a few pages are read, not the file."""

import mmap
from collections.abc import Iterable
from pathlib import Path

from shared.store.papers.rows import EARLIER_HEADER, END, HEADER, whole_row

_REACH = 4_096


def find_rows(path: Path, paper_ids: Iterable[str]) -> dict[str, bytes]:
    """The rows of some papers, each with its end; what is not found where it belongs is left out.

    Empty for a file that others wrote, that is empty, or that is not there.
    """
    try:
        return _rows_in(path, paper_ids)
    except (FileNotFoundError, ValueError):  # `mmap` refuses an empty file with the latter
        return {}


def _rows_in(path: Path, paper_ids: Iterable[str]) -> dict[str, bytes]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        begin = next((len(header) for header in (HEADER, EARLIER_HEADER) if content[: len(header)] == header), 0)
        if not begin or content[-len(END) :] != END:
            return {}
        rows = ((paper_id, _row(content, begin, paper_id)) for paper_id in paper_ids)
        return {paper_id: whole_row(row) for paper_id, row in rows if row}


def _row(content: mmap.mmap, low: int, paper_id: str) -> bytes:
    """The row of a paper; empty where there is none. `low` and `high` are always beginnings of rows."""
    high, wanted = len(content), paper_id.encode()
    while low < high:
        start = _row_before(content, low, (low + high) // 2)
        end = content.find(END, start) + len(END)
        here = content[start : content.find(b",", start)]
        if here == wanted:
            return content[start:end]
        low, high = (end, high) if here < wanted else (low, start)
    return b""


def _row_before(content: mmap.mmap, low: int, middle: int) -> int:
    """Where the last row begins that begins before `middle`; `low` is where one begins.

    Found in copies of a few kB: `rfind` of a map takes many times as long as that of bytes.
    """
    reach = _REACH
    while True:
        begin = max(low, middle - reach)
        place = content[begin:middle].rfind(END)
        if place >= 0:
            return begin + place + len(END)
        if begin == low:
            return low
        reach *= 4
