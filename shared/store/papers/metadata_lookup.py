"""Single rows of a large sorted month of metadata, by bisection in a memory map: a few pages are read, not the file."""

import mmap
from collections.abc import Iterable
from pathlib import Path

from shared.store.papers.rows import EARLIER_HEADER, END, HEADER, whole_row


def find_rows(path: Path, paper_ids: Iterable[str]) -> dict[str, bytes]:
    """The rows of some papers, each with its end; what is not found where it belongs is left out.

    Empty for a file that others wrote. Raises FileNotFoundError.
    """
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
        start = content.rfind(END, low, (low + high) // 2) + len(END)
        start = start if start > low + 1 else low
        end = content.find(END, start) + len(END)
        here = content[start : content.find(b",", start)]
        if here == wanted:
            return content[start:end]
        low, high = (end, high) if here < wanted else (low, start)
    return b""
