"""Which cells of a table are headings, which are numbers, and under what each number stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.summarizer.results.tables import GridCell, Table
from services.summarizer.results.values import Value, bare, is_blank, value_of

_MOST_HEADS = 4
_MOST_STUBS = 4
_MOST_SETTINGS = 8
_LONGEST_HEADING = 160
_HALF = 0.5
_FORMULA = re.compile(r"(?<!\\)(\$[^$]*\$)")
_DECIMAL = re.compile(r"[-+]?\d*\.\d+%?")
_AMOUNT = re.compile(r"[<>≤≥~≈±+\-−–$(\s]*\.?\d(?!.*[^\W\d_]{3})")
"""What begins as a number and has no word: `28.4(2)`, `2 310`, `1-3`, `93,2`, whatever it may be, is no heading."""


class Number(NamedTuple):
    """A number of a table under its headings, outermost first; `columns` are those it covers."""

    cell: GridCell
    value: Value
    row: tuple[str, ...]
    column: tuple[str, ...]


@dataclass(frozen=True)
class ReadTable:
    """A table understood: its numbers, the words beside them by row, and the headings over each column."""

    table: Table
    numbers: tuple[Number, ...]
    settings: dict[int, tuple[tuple[int, str, str], ...]]
    headings: dict[int, tuple[str, ...]]


def read_table(table: Table) -> ReadTable:
    """The numbers of a table. A table without a row of headings has numbers without column headings."""
    body = _first_of_body(table)
    stubs = _stub_columns(table, body)
    numbers: list[Number] = []
    settings: dict[int, tuple[tuple[int, str, str], ...]] = {}
    tops: list[int] = list(range(body))
    section = ""
    for row in range(body, table.height):
        cells = table.in_row(row)
        filled = [cell for cell in cells if not is_blank(cell.text)]
        values = {cell: value for cell in cells if cell.column >= stubs and (value := value_of(cell.text))}
        if not values and _is_section(filled, table, stubs):
            section = heading_text(filled[0].text)
            continue
        if not values and row > body and _is_second_head(filled, stubs, table, row):
            tops, section = [row], ""
            continue
        path = _row_path(table, row, body, stubs, section)
        numbers += [
            Number(cell, value, path, _column_path(table, cell, tops))
            for cell, value in values.items()
            if cell.row == row
        ]
        settings[row] = tuple(
            (cell.column, " / ".join(_column_path(table, cell, tops)), heading_text(cell.text))
            for cell in filled
            if cell.column >= stubs and cell.text
        )
    headings = {
        column: _path([cell for top in range(body) if (cell := table.at(top, column))]) for column in range(table.width)
    }
    return ReadTable(table, tuple(numbers), settings, headings)


def setting_of(read: ReadTable, number: Number, named: Sequence[int]) -> tuple[str, ...]:
    """What else the row says beside the columns that hold results, as `Training: WSJ only`."""
    others = [
        f"{heading}: {text}" if heading else text
        for column, heading, text in read.settings.get(number.cell.row, ())
        if column not in named and column != number.cell.column
    ]
    return tuple(others[:_MOST_SETTINGS])


def heading_text(cell: str) -> str:
    """A heading as plain words; formulas stay as they are."""
    parts = _FORMULA.split(cell)
    text = "".join(part if index % 2 else _plain_words(part) for index, part in enumerate(parts))
    return " ".join(text.split())[:_LONGEST_HEADING]


def _plain_words(text: str) -> str:
    text = re.sub(r"\[@[^\]]*\]|\[\^[^\]]*\]|(?<!\\)\*{1,3}", "", text)
    return re.sub(r"\\([-+<>=%#&_()\[\]*'\"|.~^])", r"\1", text)


def _first_of_body(table: Table) -> int:
    """How many rows are headings: those the text marks, or the first and what belongs to it."""
    if table.heads and any(not is_blank(cell.text) for row in range(table.heads) for cell in table.in_row(row)):
        heads = table.heads
    elif _has_no_head(table):
        return 0
    else:
        heads = 1
    heads = max(
        [heads, *(min(cell.row + cell.rows, _MOST_HEADS) for cell in table.in_row(0) if not is_blank(cell.text))]
    )
    while heads < min(table.height - 1, _MOST_HEADS) and _goes_on(table, heads):
        heads += 1
    return min(heads, table.height)


def _has_no_head(table: Table) -> bool:
    """Whether the first row is one of decimal numbers, as no row of headings is."""
    cells = [cell for cell in table.in_row(0) if cell.column and not is_blank(cell.text)]
    decimals = [cell for cell in cells if _DECIMAL.fullmatch(bare(cell.text))]
    return bool(cells) and len(decimals) > _HALF * len(cells)


def _goes_on(table: Table, row: int) -> bool:
    """Whether a row continues the headings: without numbers, and without a heading of its own below another."""
    cells = table.in_row(row)
    first, above = table.at(row, 0), table.at(row - 1, 0)
    filled = [cell for cell in cells if not is_blank(cell.text)]
    amounts = [cell for cell in filled if cell.column and _AMOUNT.match(bare(cell.text))]
    if not filled or any(value_of(cell.text) for cell in cells) or len(amounts) > _HALF * len(filled):
        return False
    if first is None or is_blank(first.text):
        return any(not is_blank(cell.text) for cell in cells if cell.column)
    return (above is None or is_blank(above.text)) and len([c for c in cells if not is_blank(c.text)]) > 1


def _stub_columns(table: Table, body: int) -> int:
    """How many columns from the left name the rows: the first, and those after it that hold words."""
    stubs = 1
    while stubs < min(_MOST_STUBS, table.width - 1):
        cells = [
            cell for row in range(body, table.height) if (cell := table.at(row, stubs)) and not is_blank(cell.text)
        ]
        if not cells or sum(value_of(cell.text) is not None for cell in cells) > _HALF * len(cells) * 0.5:
            break
        stubs += 1
    return stubs


def _is_section(filled: Sequence[GridCell], table: Table, stubs: int) -> bool:
    """Whether a row is one heading over the rows that follow."""
    if len(filled) != 1 or value_of(filled[0].text):
        return False
    return filled[0].column < stubs or filled[0].columns > _HALF * table.width


def _is_second_head(filled: Sequence[GridCell], stubs: int, table: Table, row: int) -> bool:
    """Whether a row without numbers names the columns anew: words over every column that has numbers below it.

    A row of results that cannot be read as one number each is none.
    """
    named = {cell.column for cell in filled if cell.column >= stubs}
    if len(named) < 1 or row + 1 >= table.height:
        return False
    amounts = [cell for cell in filled if cell.column >= stubs and _AMOUNT.match(bare(cell.text))]
    if len(amounts) > _HALF * len(named):
        return False
    below = {cell.column for cell in table.in_row(row + 1) if cell.column >= stubs and value_of(cell.text)}
    return bool(below) and below <= named


def _row_path(table: Table, row: int, body: int, stubs: int, section: str) -> tuple[str, ...]:
    """The headings of a row. A blank first one is that above where a second one names the row."""
    cells: list[str] = []
    for column in range(stubs):
        cell = table.at(row, column)
        text = heading_text(cell.text) if cell and not is_blank(cell.text) else ""
        if not text and column == 0 and _is_named(table, row, range(1, stubs)):
            text = _above(table, row, body)
        if text and (not cells or cells[-1] != text):
            cells.append(text)
    return tuple(filter(None, (section, *cells)))


def _is_named(table: Table, row: int, columns: range) -> bool:
    cells = (table.at(row, column) for column in columns)
    return any(cell is not None and not is_blank(cell.text) for cell in cells)


def _above(table: Table, row: int, body: int) -> str:
    for upper in range(row - 1, body - 1, -1):
        cell = table.at(upper, 0)
        if cell is not None and not is_blank(cell.text):
            return heading_text(cell.text)
    return ""


def _column_path(table: Table, cell: GridCell, tops: Sequence[int]) -> tuple[str, ...]:
    """The headings over a cell; over one that covers several columns, only those that cover them all."""
    over = [
        heading
        for top in tops
        if (heading := table.at(top, cell.column))
        and all(table.at(top, column) == heading for column in range(cell.column, cell.column + cell.columns))
    ]
    return _path(over)


def _path(cells: Sequence[GridCell]) -> tuple[str, ...]:
    texts = [heading_text(cell.text) for cell in dict.fromkeys(cells) if not is_blank(cell.text)]
    return tuple(text for index, text in enumerate(texts) if not index or text != texts[index - 1])
