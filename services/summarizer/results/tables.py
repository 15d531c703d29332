"""The tables of a paper's Markdown as grids of cells, each with its place, caption, section and the text about it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

from services.summarizer.text.passages import one_line, plain_text
from services.summarizer.text.sentences import split_sentences
from shared.text.markdown_tables import Row, rows_of

_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*\s*")
_CAPTION = re.compile(r"\*\*(?:Table (\d{1,4})|Caption)\.\*\*\s*(.*)", re.S)
_OTHER_FLOAT = re.compile(r"\*\*(?:Figure|Algorithm|Listing) \d{1,4}\.\*\*")
_LINE = re.compile(r"\s*(?:\||\+[-=:+])")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_LABEL = re.compile(r"\\?\[([^\[\]\s@^]{1,200}?)\\?\]")
_MENTION = re.compile(r"\b[Tt]ab(?:le|\.)s?\s*\(?(\d{1,4})\b")
_MOST_TABLES = 60
_MOST_CELLS = 6_000
_LONGEST_SENTENCE = 500


class GridCell(NamedTuple):
    """A cell at `row` and `column` that covers `rows` and `columns`; its place is -1 where it is not known."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    start: int = -1
    end: int = -1


@dataclass(frozen=True)
class Table:
    """A table of document.md, characters `start` to `end`; `heads` counts the rows that its text marks as headings."""

    number: int | None
    caption: str
    section: str
    start: int
    end: int
    heads: int
    width: int
    height: int
    cells: tuple[GridCell, ...]
    sentences: tuple[str, ...] = ()
    grid: dict[tuple[int, int], GridCell] = field(default_factory=dict, compare=False, repr=False)

    def at(self, row: int, column: int) -> GridCell | None:
        """The cell that covers a place."""
        return self.grid.get((row, column))

    def in_row(self, row: int) -> list[GridCell]:
        """The cells that cover a row, from left to right, each once."""
        cells = (self.at(row, column) for column in range(self.width))
        return list(dict.fromkeys(cell for cell in cells if cell is not None))


class _Block(NamedTuple):
    text: str
    start: int
    is_table: bool = False


_NO_LABELS: Mapping[str, int] = MappingProxyType({})


def tables_of(markdown: str, labels: Mapping[str, int] = _NO_LABELS) -> list[Table]:
    """Every table that is understood, in order; `labels` are what the text refers to tables by, with their numbers."""
    blocks = list(_blocks(markdown))
    section, number, caption, is_near = "", None, "", False
    tables: list[Table] = []
    for index, block in enumerate(blocks):
        heading = _HEADING.fullmatch(block.text.strip())
        captioned = _CAPTION.match(block.text.strip())
        if heading:
            section, number, caption, is_near = one_line(plain_text(heading[1])), None, "", False
        elif captioned:
            number, caption, is_near = int(captioned[1]) if captioned[1] else None, one_line(captioned[2]), True
        elif block.is_table and len(tables) < _MOST_TABLES:
            below = None if is_near else _caption_below(blocks, index)
            named = (number, caption) if is_near else below or (None, "")
            table = _table(block, *named, section)
            if table is not None:
                tables.append(table)
        elif not block.is_table:
            is_near = is_near and len(block.text) < _LONGEST_SENTENCE and not _OTHER_FLOAT.match(block.text)
    return _with_sentences(tables, blocks, labels)


def _caption_below(blocks: Sequence[_Block], index: int) -> tuple[int | None, str] | None:
    """A caption that follows a table at once and has no table after it."""
    after = blocks[index + 1 : index + 3]
    match = _CAPTION.match(after[0].text.strip()) if after else None
    if match is None or (len(after) > 1 and after[1].is_table):
        return None
    return int(match[1]) if match[1] else None, one_line(match[2])


def _blocks(markdown: str) -> Iterator[_Block]:
    lines: list[str] = []
    begin = position = 0
    is_table = in_code = False
    for line in [*markdown.splitlines(keepends=True), "\n"]:
        fence = bool(_FENCE.match(line))
        table = not in_code and not fence and bool(_LINE.match(line))
        ends = not line.strip() or line.startswith("#") or table != is_table or fence
        if lines and ends and not in_code:
            yield _Block("".join(lines), begin, is_table)
            lines = []
        in_code ^= fence
        if in_code or fence:
            lines, begin, is_table = [], position, False
        elif line.strip():
            begin = begin if lines else position
            is_table = table
            lines.append(line)
            if line.startswith("#"):
                yield _Block(line, begin)
                lines = []
        position += len(line)


def _table(block: _Block, number: int | None, caption: str, section: str) -> Table | None:
    rows = rows_of(block.text)
    if not rows or sum(len(row.cells) for row in rows) > _MOST_CELLS:
        return None
    cells, width = _placed(rows)
    located = _located(cells, block, rows)
    grid = {
        (row, column): cell
        for cell in located
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    }
    heads = sum(row.is_head for row in rows) if block.text.lstrip().startswith("+") else 0
    end = block.start + len(block.text.rstrip())
    return Table(number, caption, section, block.start, end, heads, width, len(rows), tuple(located), (), grid)


def _placed(rows: Sequence[Row]) -> tuple[list[GridCell], int]:
    """The cells at their rows and columns, those that a span covers left out, and how many columns there are."""
    taken: set[tuple[int, int]] = set()
    cells: list[GridCell] = []
    width = 0
    for number, row in enumerate(rows):
        column = 0
        for cell in row.cells:
            while (number, column) in taken:
                column += 1
            rows_covered = min(cell.rows, len(rows) - number)
            taken |= {(number + down, column + right) for down in range(rows_covered) for right in range(cell.columns)}
            cells.append(GridCell(cell.text, number, column, rows_covered, cell.columns))
            column += cell.columns
        width = max(width, column)
    return cells, width


def _located(cells: Iterable[GridCell], block: _Block, rows: Sequence[Row]) -> list[GridCell]:
    """With the place of each text in the document: cells follow each other in the text as they do in the table."""
    out: list[GridCell] = []
    position, row_before = 0, -1
    text = block.text
    for cell in cells:
        own = rows[cell.row]
        if own.end and cell.row != row_before:
            position = own.start
        row_before = cell.row
        written = cell.text.replace("|", "\\|") if own.end else cell.text
        limit = own.end or len(text)
        at = text.find(written, position, limit) if cell.text else -1
        while at >= 0 and not _stands_alone(text, at, at + len(written)):
            at = text.find(written, at + 1, limit)
        if at < 0:
            out.append(cell)
            continue
        position = at + len(written)
        out.append(cell._replace(start=block.start + at, end=block.start + position))
    return out


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing but the table's own lines stands beside these characters."""
    before = text[:start].rstrip(" ")
    after = text[end:].lstrip(" ")
    return before.endswith("|") and after.startswith("|")


def _with_sentences(tables: Sequence[Table], blocks: Sequence[_Block], labels: Mapping[str, int]) -> list[Table]:
    """With the first few sentences that refer to each table: `Table 2`, or by a label, which becomes the number."""
    wanted = {table.number for table in tables if table.number}
    by_number: dict[int, list[str]] = {}
    for block in blocks:
        if block.is_table or block.text.startswith("#") or "able" not in block.text:
            continue
        if _CAPTION.match(block.text.strip()):
            continue
        numbered = _LABEL.sub(lambda match: str(labels.get(match[1], match[0])), block.text)
        for sentence in split_sentences(one_line(plain_text(numbered))):
            for number in {int(match[1]) for match in _MENTION.finditer(sentence)} & wanted:
                by_number.setdefault(number, []).append(sentence[:_LONGEST_SENTENCE])
    return [replace(table, sentences=tuple(by_number.get(table.number or 0, ())[:3])) for table in tables]
