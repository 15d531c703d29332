"""A converted paper cut into blocks that know where in `document.md` they stand, so that a quote can be marked there.

The places of quotes are characters of the Markdown. No parser of Markdown keeps these, and none knows that a line
within a formula between double dollars is neither a heading nor a list; so the blocks are cut here, and what is in them
is parsed.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

BlockKind = Literal["heading", "paragraph", "item", "code", "table", "footnote", "quotation"]
_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)")
_FENCES = re.compile(r"\A[ \t>]*(?:```|~~~)[^\n]*\n|\n?[ \t>]*(?:```|~~~)[^\n]*\Z")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"^(\s*)((?:[-*+]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{2,5})[.)])[ \t]+(?=\S))")
_BULLET = re.compile(r"[-*+]\Z")
_TABLE = re.compile(r"^\s*(?:\||\+[:=-]{2,}|-{3,}\s)")
_FOOTNOTE = re.compile(r"^\[\^([^\[\]\s]{1,60})\]:[ \t]*")
_QUOTATION = re.compile(r"(?m)^[ \t]*>")
_CAPTION = re.compile(r"\*\*(Figure|Table|Algorithm|Listing) (\d{1,4})\.\*\*")
_INDENT = 2


class Block(NamedTuple):
    """A piece of the text; `start` is the offset of `text` in the document.

    `level` is a heading's depth (1 is the title's) or an item's indentation in steps; `name` is a footnote's label.
    Characters `marked_from` to `marked_to` of `text` belong to the quote.
    """

    kind: BlockKind
    text: str
    start: int
    level: int = 0
    name: str = ""
    marked_from: int = 0
    marked_to: int = 0

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def is_marked(self) -> bool:
        return self.marked_to > self.marked_from

    @property
    def lines(self) -> str:
        """The lines of code, without the fence."""
        return _FENCES.sub("", self.text)

    @property
    def marker(self) -> str:
        """What an item begins with, such as `-` or `(a)`; empty for other blocks."""
        match = _ITEM.match(self.text) if self.kind == "item" else None
        return match[2].strip() if match else ""

    @property
    def has_bullet(self) -> bool:
        return _BULLET.match(self.marker) is not None

    @property
    def caption(self) -> tuple[str, int] | None:
        """`("figure", 2)` where this is the caption of the second figure."""
        match = _CAPTION.match(self.text) if self.kind == "paragraph" else None
        return (match[1].lower(), int(match[2])) if match else None

    @property
    def words(self) -> str:
        """The text to be shown, as long as `text`: what only says which kind of block it is is blanked."""
        if self.kind == "item":
            return _blanked(_ITEM, self.text)
        if self.kind == "footnote":
            return _blanked(_FOOTNOTE, self.text)
        return _QUOTATION.sub(lambda match: " " * len(match[0]), self.text) if self.kind == "quotation" else self.text

    def marked(self, start: int, end: int) -> "Block":
        """The same with characters `start` to `end` of the document marked, as far as they are in it."""
        size = len(self.text)
        return self._replace(
            marked_from=min(size, max(0, start - self.start)), marked_to=min(size, max(0, end - self.start))
        )


def blocks_of(markdown: str) -> Iterator[Block]:
    """The document in blocks, in order; every line belongs to at most one."""
    lines: list[str] = []
    kind: BlockKind = "paragraph"
    begin = position = 0
    fenced = math = False

    def finished() -> Iterator[Block]:
        text = "".join(lines).rstrip("\n")
        if text.strip():
            yield _block(kind, text, begin)
        lines.clear()

    for line in markdown.splitlines(keepends=True):
        is_fence = bool(_FENCE.match(line))
        inside = fenced or math
        heading = None if inside else _HEADING.match(line.rstrip("\n"))
        starts = not inside and (bool(heading) or is_fence or _begins_block(line) or not line.strip())
        is_table = not inside and bool(_TABLE.match(line))
        if starts or is_table != (kind == "table" and not inside):
            yield from finished()
        if not lines:
            begin = position
            kind = "code" if is_fence else "table" if is_table else _kind_of(line)
        if heading:
            offset = line.index(heading[2], len(heading[1])) if heading[2] else 0
            yield Block("heading", heading[2], position + offset, len(heading[1]))
        elif line.strip() or inside:
            lines.append(line)
        fenced ^= is_fence
        math ^= not fenced and not is_fence and line.count("$$") % 2 == 1
        if is_fence and not fenced:
            yield from finished()
        position += len(line)
    yield from finished()


def _begins_block(line: str) -> bool:
    return bool(_ITEM.match(line) or _FOOTNOTE.match(line))


def _kind_of(line: str) -> BlockKind:
    if _FOOTNOTE.match(line):
        return "footnote"
    if _QUOTATION.match(line):
        return "quotation"
    return "item" if _ITEM.match(line) else "paragraph"


def _block(kind: BlockKind, text: str, begin: int) -> Block:
    footnote = _FOOTNOTE.match(text) if kind == "footnote" else None
    item = _ITEM.match(text) if kind == "item" else None
    level = len(item[1].expandtabs(4)) // _INDENT if item else 0
    return Block(kind, text, begin, min(level, 6), footnote[1] if footnote else "")


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: " " * len(match[0]), text, count=1)
