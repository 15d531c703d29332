"""A document's Markdown as headings and blocks: paragraphs, list items, tables, formulas, code."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

BlockKind = Literal["paragraph", "item", "table", "formula", "code"]

_FENCE = re.compile(r"[ \t>]*(?P<marks>`{3,}|~{3,})")
_HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<title>.*?)\s*#*\s*$")
_ITEM = re.compile(r"[ \t]{0,3}(?:[-*+]|\(?(?:\d{1,4}|[A-Za-z])[.)])[ \t]+\S")
_TABLE = re.compile(r"\s*(?:\||\+[-=:+]{3,})")
_CAPTION = re.compile(r"\*\*(?:Table|Figure|Algorithm|Listing)\b|(?:Table|TABLE)\s+[\dIVX]+[.:]")


class Heading(NamedTuple):
    level: int
    title: str
    start: int
    end: int


class Block(NamedTuple):
    """Characters `start` to `end` of the document; no line of them is empty but in code and items of several parts."""

    kind: BlockKind
    start: int
    end: int


class Line(NamedTuple):
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def is_empty(self) -> bool:
        return not self.text.strip()

    @property
    def is_indented(self) -> bool:
        return self.text[:2] in ("  ", "\t") or self.text[:1] == "\t"


def parts_of(markdown: str) -> Iterator[Heading | Block]:
    """Headings and blocks in reading order; a caption and the table below it are one block."""
    lines = _lines(markdown)
    number, held = 0, None
    while number < len(lines):
        part, number = _part_at(lines, number)
        if part is None:
            continue
        if held is not None and isinstance(part, Block) and part.kind in ("table", "code"):
            part, held = Block(part.kind, held.start, part.end), None
        if held is not None:
            yield held
            held = None
        if isinstance(part, Block) and _CAPTION.match(markdown, part.start):
            held = part
        else:
            yield part
    if held is not None:
        yield held


def _part_at(lines: list[Line], number: int) -> tuple[Heading | Block | None, int]:
    """What begins at a line, and the line after it."""
    line = lines[number]
    if line.is_empty:
        return None, number + 1
    fence_end = _end_of_fence(lines, number)
    if fence_end is not None:
        return Block("code", line.start, lines[fence_end].end), fence_end + 1
    heading = _HEADING.match(line.text)
    if heading:
        return Heading(len(heading["marks"]), heading["title"], line.start, line.end), number + 1
    if _TABLE.match(line.text):
        last = _last_of_paragraph(lines, number)
        return Block("table", line.start, lines[last].end), last + 1
    if _ITEM.match(line.text):
        last = _last_of_item(lines, number)
        return Block("item", line.start, lines[last].end), last + 1
    last = _last_of_paragraph(lines, number)
    text = "\n".join(inner.text for inner in lines[number : last + 1]).strip()
    is_formula = text.startswith("$$") and text.endswith("$$") and text.count("$$") == 2
    return Block("formula" if is_formula else "paragraph", line.start, lines[last].end), last + 1


def _end_of_fence(lines: list[Line], number: int) -> int | None:
    """The line that closes the code that begins here; None where none begins, or where it is never closed."""
    opened = _FENCE.match(lines[number].text)
    if opened is None:
        return None
    for later in range(number + 1, len(lines)):
        closing = _FENCE.match(lines[later].text)
        if closing and closing["marks"].startswith(opened["marks"]) and not lines[later].text[closing.end() :].strip():
            return later
    return None


def _last_of_paragraph(lines: list[Line], number: int) -> int:
    """The last line before an empty one, a heading or code; neither begins within a formula."""
    is_in_formula = lines[number].text.count("$$") % 2 == 1
    while number + 1 < len(lines) and not lines[number + 1].is_empty:
        text = lines[number + 1].text
        if not is_in_formula and (_HEADING.match(text) or _end_of_fence(lines, number + 1) is not None):
            break
        is_in_formula ^= text.count("$$") % 2 == 1
        number += 1
    return number


def _last_of_item(lines: list[Line], number: int) -> int:
    """The last line of a list item: what is indented below it belongs to it, after empty lines too."""
    last = number
    for later in range(number + 1, len(lines)):
        line = lines[later]
        if line.is_empty:
            continue
        is_next = _ITEM.match(line.text) is not None or _HEADING.match(line.text) is not None
        follows = later == last + 1
        if not line.is_indented and (is_next or not follows):
            break
        last = later
    return last


def _lines(markdown: str) -> list[Line]:
    lines, start = [], 0
    for text in markdown.split("\n"):
        lines.append(Line(text, start))
        start += len(text) + 1
    return lines
