"""The blocks of a part as the page shows them: headings, lists, tables, figures; the quote is marked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from markupsafe import Markup

from services.publisher.reading.definitions.explained import explained, kept_definitions
from services.publisher.reading.fulltext.full_text import FullText
from services.publisher.reading.fulltext.markdown.blocks import Block
from services.publisher.reading.fulltext.markdown.inline import inline_html, marked_html
from services.publisher.reading.fulltext.outline import Heading
from services.publisher.reading.skimming.skim import NO_SKIM, Skim
from shared.store.papers.documents import Picture
from shared.text.markdown_tables import Row, rows_of

Kind = Literal["heading", "paragraph", "list", "table", "code", "quotation", "caption"]
_ITEM_INDENT = 2
_SKIMMED = ("paragraph", "item", "quotation")


@dataclass(frozen=True)
class ShownCell:
    html: Markup
    columns: int
    rows: int


@dataclass(frozen=True)
class ShownRow:
    """A row; characters `start` to `end` of the table's text are its own, or all where that is not known."""

    cells: tuple[ShownCell, ...]
    is_head: bool
    start: int
    end: int
    is_marked: bool = False


@dataclass(frozen=True)
class ShownItem:
    """An item of a list: its marker where that is no bullet, its depth, and its paragraphs.

    A paragraph is its id, its text, and where it begins in the document.
    """

    marker: str
    depth: int
    paragraphs: tuple[tuple[str, Markup, int], ...]


@dataclass(frozen=True)
class Passage:
    """What the template shows; `anchor` is its id, `level` that of the HTML heading, `is_marked` where all of it is.

    `start` is where words that can be translated begin in the document, 0 for all else.
    """

    kind: Kind
    anchor: str
    html: Markup | None = None
    level: int = 0
    text: str = ""
    is_marked: bool = False
    items: tuple[ShownItem, ...] = ()
    rows: tuple[ShownRow, ...] = ()
    caption: str = ""
    pictures: tuple[Picture, ...] = ()
    lacks_picture: bool = False
    start: int = 0


def passages_of(
    text: FullText,
    part: int,
    quote: tuple[int, int],
    pictures: Mapping[int, Sequence[Picture]],
    skim: Skim = NO_SKIM,
) -> list[Passage]:
    """A part of the text; `pictures` are those that may be shown, by the number of their figure."""
    shower = _Shower(text, part, quote, pictures, skim)
    return list(shower.passages())


class _Shower:
    """Shows the blocks of one part, one after the other."""

    def __init__(
        self,
        text: FullText,
        part: int,
        quote: tuple[int, int],
        pictures: Mapping[int, Sequence[Picture]],
        skim: Skim,
    ) -> None:
        self._text, self._part, self._quote, self._pictures, self._skim = text, part, quote, pictures, skim
        self._headings: Mapping[int, Heading] = {heading.block: heading for heading in text.headings}
        self._definitions = kept_definitions(text)
        self._captions: set[str] = set()
        self._has_quote = False

    def passages(self) -> Iterator[Passage]:
        indices = self._text.parts[self._part - 1] if self._text.parts else range(0)
        index = indices.start
        while index < indices.stop:
            if self._text.blocks[index].kind == "item":
                end = self._end_of_list(index, indices.stop)
                yield self._list(range(index, end))
                index = end
            else:
                yield self._passage(index)
                index += 1

    def _end_of_list(self, index: int, stop: int) -> int:
        blocks = self._text.blocks
        while index < stop and (blocks[index].kind == "item" or _is_indented(blocks[index])):
            index += 1
        return index

    def _list(self, indices: range) -> Passage:
        items: list[ShownItem] = []
        for index in indices:
            block = self._text.blocks[index]
            paragraph = (self._anchor(block), self._html(index), block.start)
            if block.kind == "item" or not items:
                items.append(ShownItem("" if block.has_bullet else block.marker, block.level, (paragraph,)))
            else:
                last = items[-1]
                items[-1] = ShownItem(last.marker, last.depth, (*last.paragraphs, paragraph))
        return Passage("list", "", items=tuple(items))

    def _passage(self, index: int) -> Passage:
        block = self._text.blocks[index]
        if block.kind == "heading":
            heading = self._headings[index]
            anchor = self._anchor(block, heading.anchor)
            return Passage("heading", anchor, self._html(index), level=min(6, heading.depth + 2), start=block.start)
        if block.kind == "table" and (rows := self._rows(index, block)):
            return Passage("table", self._anchor(block), rows=rows, start=block.start)
        if block.kind in ("code", "table"):
            return Passage("code", self._anchor(block), text=block.lines, is_marked=self._marked(block).is_marked)
        if block.kind == "quotation":
            return Passage("quotation", self._anchor(block), self._html(index), start=block.start)
        return self._caption(index, block) if block.caption else self._paragraph(index, block)

    def _paragraph(self, index: int, block: Block) -> Passage:
        return Passage("paragraph", self._anchor(block), self._html(index), start=block.start)

    def _caption(self, index: int, block: Block) -> Passage:
        kind, number = block.caption or ("", 0)
        name = f"{kind}-{number}"
        if name in self._captions:
            return self._paragraph(index, block)
        self._captions.add(name)
        pictures = tuple(self._pictures.get(number, ())) if kind == "figure" else ()
        return Passage(
            "caption",
            self._anchor(block),
            self._html(index),
            caption=name,
            pictures=pictures,
            lacks_picture=kind == "figure" and not pictures,
            start=block.start,
        )

    def _rows(self, index: int, block: Block) -> tuple[ShownRow, ...]:
        marked = self._marked(block)
        rows: list[ShownRow] = self._kept(index, lambda: [self._row(row, block) for row in rows_of(block.text)])
        if not marked.is_marked:
            return tuple(rows)
        start, end = marked.marked_from, marked.marked_to
        return tuple(replace(row, is_marked=start < row.end and row.start < end) for row in rows)

    def _row(self, row: Row, block: Block) -> ShownRow:
        cells = [ShownCell(self._inline(cell.text, block.end), cell.columns, cell.rows) for cell in row.cells]
        return ShownRow(tuple(cells), row.is_head, row.start, row.end or len(block.text))

    def _anchor(self, block: Block, name: str = "") -> str:
        """`quote` for the first block that the quote stands in; else the block's place, which addresses can name."""
        if not self._has_quote and self._marked(block).is_marked:
            self._has_quote = True
            return "quote"
        return name or f"at-{block.start}"

    def _marked(self, block: Block) -> Block:
        return block.marked(*self._quote)

    def _html(self, index: int) -> Markup:
        """A block's text; what has no mark in it is kept for the next time that it is shown."""
        block = self._marked(self._text.blocks[index])
        if block.is_marked:
            quote = (block.marked_from, block.marked_to)
            shown = inline_html(block.words, self._text.targets, self._part, quote)
            return explained(shown, self._definitions, block.end)
        marks = self._skim.marks_of(block) if block.kind in _SKIMMED else []
        if marks:
            return explained(
                marked_html(block.words, self._text.targets, self._part, marks), self._definitions, block.end
            )
        html: Markup = self._kept(index, lambda: self._inline(block.words, block.end))
        return html

    def _kept(self, index: int, make: Callable[[], Any]) -> Any:
        key = (self._part, index)
        if key not in self._text.kept:
            self._text.kept[key] = make()
        return self._text.kept[key]

    def _inline(self, words: str, position: int) -> Markup:
        html = inline_html(words.strip(), self._text.targets, self._part)
        return explained(html, self._definitions, position)


def _is_indented(block: Block) -> bool:
    """Whether a paragraph or code goes on with the item above it."""
    return block.kind == "paragraph" and block.text.startswith(" " * _ITEM_INDENT)
