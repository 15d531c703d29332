"""Paragraphs of a text with their translations, sentence by sentence; of tables the words of their cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from markupsafe import Markup

from services.publisher.reading.fulltext.full_text import FullText
from services.publisher.reading.fulltext.markdown.blocks import Block
from services.publisher.reading.fulltext.markdown.inline import inline_html
from services.publisher.reading.translating.wishes import is_translatable, sentences_of
from shared.contracts import MOST_SENTENCES
from shared.text.markdown_tables import Cell, Row, rows_of

_TRANSLATED = ("heading", "paragraph", "item", "quotation", "table")


@dataclass(frozen=True)
class Paragraph:
    """A block by the character at which it begins, and its sentences in Markdown; of a table its `rows`, too."""

    start: int
    sentences: tuple[str, ...]
    rows: tuple[Row, ...] = ()


class TranslatedCell(NamedTuple):
    """What a cell says, its translation where there is one, and how many columns and rows it covers."""

    source: Markup
    translated: Markup | None
    columns: int
    rows: int


@dataclass(frozen=True)
class TranslatedParagraph:
    """Each sentence with its translation, or without where there is none; of a table its rows, each with whether it
    heads the table."""

    start: int
    sentences: tuple[tuple[Markup, Markup | None], ...] = ()
    rows: tuple[tuple[bool, tuple[TranslatedCell, ...]], ...] = ()


def paragraphs_at(text: FullText, starts: Sequence[int]) -> tuple[list[Paragraph], list[int]]:
    """The blocks of a text that begin at these characters, and the starts of those that are too many for a request."""
    wanted, count = set(starts), 0
    found: list[Paragraph] = []
    later: list[int] = []
    for block in text.blocks:
        if block.start not in wanted or block.kind not in _TRANSLATED:
            continue
        paragraph = _table(block) if block.kind == "table" else Paragraph(block.start, sentences_of(block.words))
        count += len(paragraph.sentences)
        if count > MOST_SENTENCES and found:
            later.append(block.start)
        elif paragraph.sentences:
            found.append(replace(paragraph, sentences=paragraph.sentences[:MOST_SENTENCES]))
    return found, later


def _table(block: Block) -> Paragraph:
    """The words of its cells, each once; numbers and formulas are not sent."""
    rows = tuple(rows_of(block.text))
    words = dict.fromkeys(cell.text for row in rows for cell in row.cells if is_translatable(cell.text))
    return Paragraph(block.start, tuple(words), rows)


def with_translations(
    text: FullText, part: int, paragraphs: Sequence[Paragraph], translations: Sequence[str]
) -> list[TranslatedParagraph]:
    """`translations` are those of all sentences in order; empty where there is none."""
    rest = iter(translations)
    shown = []
    for paragraph in paragraphs:
        pairs = [(sentence, next(rest, "")) for sentence in paragraph.sentences]
        if paragraph.rows:
            known = dict(pairs)
            rows = (
                (row.is_head, tuple(_cell(text, part, cell, known) for cell in row.cells)) for row in paragraph.rows
            )
            shown.append(TranslatedParagraph(paragraph.start, rows=tuple(rows)))
        else:
            sentences = tuple(_pair(text, part, sentence, translation) for sentence, translation in pairs)
            shown.append(TranslatedParagraph(paragraph.start, sentences))
    return shown


def _cell(text: FullText, part: int, cell: Cell, known: Mapping[str, str]) -> TranslatedCell:
    return TranslatedCell(*_pair(text, part, cell.text, known.get(cell.text, "")), cell.columns, cell.rows)


def _pair(text: FullText, part: int, sentence: str, translation: str) -> tuple[Markup, Markup | None]:
    shown = inline_html(translation, text.targets, part) if translation else None
    return inline_html(sentence, text.targets, part), shown
