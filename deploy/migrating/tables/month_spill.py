"""Rows of papers put aside by month while a table is read, so that each month's file is written once and not per batch.

What lies here is derived: whoever begins a table anew removes it first.
"""

import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from deploy.migrating.tables.arrow_texts import bytes_of, distinct
from shared.paper_ids import month_of
from shared.store.papers.rows import cut_rows, decode_rows

_MONTH_BYTES = 1024**2
_ALL_BYTES = 64 * 1024**2


class MonthSpill:
    """Rows of `encode_rows` in files by month under `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: dict[str, list[memoryview]] = defaultdict(list)
        self._sizes: dict[str, int] = defaultdict(int)
        self._size = 0
        shutil.rmtree(folder, ignore_errors=True)

    def add(self, ids: pa.Array, rows: pa.Array) -> None:
        """Put rows aside, each the line of an id. Raises OSError when the disk is full."""
        digits = pc.utf8_slice_codeunits(pc.replace_substring_regex(ids, "^.*/", ""), 0, 4)
        values, places = distinct(digits)
        for number, value in enumerate(values):
            mine = rows if len(values) == 1 else rows.filter(pc.equal(places, number))
            self._add(month_of(value), bytes_of(mine))

    def _add(self, month: str, content: memoryview) -> None:
        self._waiting[month].append(content)
        self._sizes[month] += len(content)
        self._size += len(content)
        if self._sizes[month] > _MONTH_BYTES:
            self._write(month)
        elif self._size > _ALL_BYTES:
            for each in list(self._waiting):
                self._write(each)

    def months(self) -> Iterator[tuple[str, Mapping[str, bytes]]]:
        """Each month with its rows by id, oldest first; of a paper's rows the one that was changed last."""
        for month in list(self._waiting):
            self._write(month)
        for path in sorted(self._folder.glob("*.rows")):
            yield path.stem, _newest(path.read_bytes())

    def remove(self) -> None:
        """Forget all of it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write(self, month: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{month}.rows").open("ab") as file:
            file.writelines(self._waiting.pop(month))
        self._size -= self._sizes.pop(month)


def _newest(content: bytes) -> dict[str, bytes]:
    rows: dict[str, bytes] = {}
    for paper_id, row in cut_rows(content):
        rival = rows.get(paper_id)
        if rival is None or is_later(row, rival):
            rows[paper_id] = row
    return rows


def is_later(row: bytes, rival: bytes) -> bool:
    """Whether a row tells of a later version of its paper, or of a later change, than another one."""
    (paper, other) = decode_rows(row + rival)
    if paper.version != other.version:
        return paper.version > other.version
    return paper.updated_at is not None and (other.updated_at is None or paper.updated_at > other.updated_at)
