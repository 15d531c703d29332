"""The lines of one file of records, by paper: a line is parsed when its record is asked for, and else left as it is.

So adding a paper to a month of thousands costs the writing of the file, not the reading of every record in it.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from copy import copy
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

log = logging.getLogger(__name__)

R = TypeVar("R", bound=BaseModel)

_PAPER_ID = re.compile(rb'\s*\{\s*"paper_id"\s*:\s*"([^"\\]{1,100})"')


class RecordLines(Generic[R]):
    """What stands in a file; the last of several lines of one paper counts. A torn last line is left out."""

    def __init__(self, path: Path, record_class: type[R]) -> None:
        self._path = path
        self._record_class = record_class
        self._lines: dict[str, bytes] = {}
        self._numbers: dict[str, int] = {}
        self._records: dict[str, R | None] = {}
        self._unreadable: list[bytes] = []
        self._split()

    def get(self, paper_id: str) -> R | None:
        """The record of a paper; None where there is none that can be read."""
        if paper_id not in self._records and paper_id in self._lines:
            self._records[paper_id] = self._parsed(self._lines[paper_id], self._numbers.get(paper_id, 0))
        return self._records.get(paper_id)

    def all(self) -> Iterator[R]:
        """Every record that can be read, in the order of the file."""
        records = (self.get(paper_id) for paper_id in list(self._lines))
        return (record for record in records if record is not None)

    def with_records(self, records: Mapping[str, R]) -> "RecordLines[R]":
        """These lines with records in place of the papers' earlier ones; who reads these meanwhile sees no change."""
        lines = copy(self)
        lines._lines, lines._records = dict(self._lines), dict(self._records)
        lines._unreadable = list(self._unreadable)
        for paper_id, record in records.items():
            if paper_id in lines._lines and lines.get(paper_id) is None:
                lines._unreadable.append(lines._lines[paper_id])
            lines._lines[paper_id] = dump_line(record).encode("utf-8", "replace").rstrip(b"\n")
            lines._records[paper_id] = record
        return lines

    def content(self) -> bytes:
        """The file as it is to be written: sorted by id, without the lines that are known to be no records."""
        bad = {paper_id for paper_id, record in self._records.items() if record is None}
        self._unreadable += [self._lines.pop(paper_id) for paper_id in bad if paper_id in self._lines]
        self._lines = dict(sorted(self._lines.items()))
        return b"".join(line + b"\n" for line in self._lines.values())

    def unreadable(self) -> list[str]:
        """Lines that are no records, as far as that is known."""
        return [line.decode("utf-8", "replace") for line in self._unreadable]

    def _split(self) -> None:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return
        for number, line in enumerate(content[: content.rfind(b"\n") + 1].split(b"\n"), start=1):
            if line.strip():
                self._take(line, number)

    def _take(self, line: bytes, number: int) -> None:
        match = _PAPER_ID.match(line)
        paper_id = match.group(1).decode("utf-8", "replace") if match else self._id_elsewhere(line, number)
        if paper_id is None:
            self._unreadable.append(line)
            return
        self._lines[paper_id] = line
        self._numbers[paper_id] = number

    def _id_elsewhere(self, line: bytes, number: int) -> str | None:
        """The id of a record whose keys stand in another order; None where the line is no record."""
        record = self._parsed(line, number)
        paper_id = None if record is None else getattr(record, "paper_id", None)
        return paper_id if isinstance(paper_id, str) else None

    def _parsed(self, line: bytes, number: int) -> R | None:
        try:
            return self._record_class.model_validate_json(line.decode("utf-8", "replace"))
        except ValidationError as error:
            text = "%s, line %d, cannot be read and is left out: %s."
            why = error.errors()[0]["msg"]
            log.error(text, self._path, number, why, extra={"action": "line_unreadable"})
            return None


def dump_line(record: BaseModel) -> str:
    """A record as one line of JSON with its keys in the order they are declared, so that it diffs well."""
    return json.dumps(record.model_dump(mode="json"), ensure_ascii=False) + "\n"
