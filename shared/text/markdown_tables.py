"""Tables of a converted paper as rows of cells: pipe tables by their lines, grid tables by docutils."""

import re
from typing import NamedTuple

from docutils.parsers.rst.tableparser import GridTableParser, TableMarkupError
from docutils.statemachine import StringList

_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)*\s*:?-{2,}:?\s*\|?\s*")
_GRID_LINE = re.compile(r"[+|].*[+|]")
_GRID_RULE = re.compile(r"[+:=-]+")
_MOST_ROWS = 3_000


class Cell(NamedTuple):
    """Markdown of a cell and how many columns and rows it covers."""

    text: str
    columns: int = 1
    rows: int = 1


class Row(NamedTuple):
    """Cells; characters `start` to `end` of the table's text are its own, where that is known."""

    cells: tuple[Cell, ...]
    is_head: bool = False
    start: int = 0
    end: int = 0


def rows_of(text: str) -> list[Row]:
    """The rows of a table; empty where it is not understood, so that its lines are shown as they are."""
    if text.count("\n") > _MOST_ROWS:
        return []
    return _grid_rows(text) if text.lstrip().startswith("+") else _pipe_rows(text)


def _pipe_rows(text: str) -> list[Row]:
    """A head without words, as converters write it above tables that declare none, is left out; the first row heads."""
    rows: list[Row] = []
    position = head_end = 0
    for line in text.splitlines(keepends=True):
        if _RULE.fullmatch(line.rstrip("\n")) and not head_end:
            head_end = len(rows)
        elif "|" in line:
            cells = [cell.strip().replace("\\|", "|") for cell in _PIPE.split(line.strip().strip("|"))]
            rows.append(Row(tuple(Cell(cell) for cell in cells), False, position, position + len(line)))
        position += len(line)
    head, body = rows[:head_end], rows[head_end:]
    if head and not any(cell.text for row in head for cell in row.cells):
        head, body = body[:1], body[1:]
    return [row._replace(is_head=True) for row in head] + body


def _grid_rows(text: str) -> list[Row]:
    lines = [line.strip() for line in text.splitlines()]
    if not all(_GRID_LINE.fullmatch(line) for line in lines) or len({len(line) for line in lines}) != 1:
        return []
    ruled = [line.replace(":", "=" if "=" in line else "-") if _GRID_RULE.fullmatch(line) else line for line in lines]
    if not re.search(r"[^+=-]", ruled[0]) and "=" in ruled[0]:
        ruled[0] = ruled[0].replace("=", "-")
    try:
        _, head, body = GridTableParser().parse(StringList(ruled))
    except (TableMarkupError, AssertionError, IndexError, ValueError):
        return []
    return [_grid_row(row, is_head=True) for row in head] + [_grid_row(row, is_head=False) for row in body]


def _grid_row(row: list[tuple[int, int, int, list[str]] | None], *, is_head: bool) -> Row:
    cells = [
        Cell(" ".join(line.strip() for line in lines if line.strip()), columns + 1, rows + 1)
        for rows, columns, _, lines in filter(None, row)
    ]
    return Row(tuple(cells), is_head)
