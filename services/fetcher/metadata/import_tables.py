"""Rows of CSV out of lines of which some may be broken: a quote that is never closed takes its own line alone."""

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_MOST_LINES = 1_000
_MOST_CHARACTERS = 4 * 1024**2
_NAMED_CHARACTERS = 60


class UnreadableRow(ValueError):
    """What stands in the place of a record that cannot be read; says why."""


class _Lines:
    """Lines that can be given back."""

    def __init__(self, lines: Iterator[str | UnreadableRow]) -> None:
        self._lines = lines
        self._returned: deque[str | UnreadableRow] = deque()

    def next(self) -> str | UnreadableRow | None:
        return self._returned.popleft() if self._returned else next(self._lines, None)

    def give_back(self, lines: Sequence[str | UnreadableRow]) -> None:
        self._returned.extendleft(reversed(lines))


def table_rows(lines: Iterator[str | UnreadableRow], separator: str) -> Iterator[Mapping[str, Any] | UnreadableRow]:
    """Each row as a mapping by the first row's columns, or why it is none."""
    rest = _Lines(lines)
    columns: list[str] = []
    while (line := rest.next()) is not None:
        row = line if isinstance(line, UnreadableRow) else _row(line, rest, separator, len(columns))
        if isinstance(row, UnreadableRow):
            yield row
        elif not columns:
            columns = row
        elif any(row):
            yield dict(zip(columns, row, strict=False))


def _row(line: str, rest: _Lines, separator: str, width: int) -> list[str] | UnreadableRow:
    """The cells of the row that begins with a line; the lines that it goes on over are taken from the rest."""
    if line.count('"') % 2 == 0:
        return _cells(line, separator)
    lines = [line, *_continuation(rest)]
    rows = _rows(lines, separator)
    if len(lines) > 1 and len(rows) == 1 and width in (0, len(rows[0])):
        return rows[0]
    rest.give_back(lines[1:])
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        return UnreadableRow(f"a quote is not closed, it begins {line[:_NAMED_CHARACTERS]!r}")


def _cells(line: str, separator: str) -> list[str] | UnreadableRow:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error as error:
        return UnreadableRow(f"not a table row ({error}), it begins {line[:_NAMED_CHARACTERS]!r}")


def _rows(lines: list[str], separator: str) -> list[list[str]]:
    """The rows that these lines are together; none where they are no rows."""
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return []


def _continuation(rest: _Lines) -> list[str]:
    """The lines up to the one that closes a quote; none where it is never closed."""
    lines: list[str | UnreadableRow] = []
    size = 0
    while len(lines) < _MOST_LINES and size < _MOST_CHARACTERS and (line := rest.next()) is not None:
        lines.append(line)
        if isinstance(line, UnreadableRow):
            break
        if line.count('"') % 2:
            return [part for part in lines if isinstance(part, str)]
        size += len(line)
    rest.give_back(lines)
    return []
