"""Paragraphs of a text with their translations, sentence by sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from services.publisher.reading.fulltext.full_text import FullText
from services.publisher.reading.fulltext.markdown.inline import inline_html
from services.publisher.reading.translating.wishes import sentences_of
from shared.contracts import MOST_SENTENCES

_TRANSLATED = ("heading", "paragraph", "item", "quotation")


@dataclass(frozen=True)
class Paragraph:
    """A block by the character at which it begins, and its sentences in Markdown."""

    start: int
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class TranslatedParagraph:
    """Each sentence with its translation, or without where there is none."""

    start: int
    sentences: tuple[tuple[Markup, Markup | None], ...]


def paragraphs_at(text: FullText, starts: Sequence[int]) -> list[Paragraph]:
    """The blocks of a text that begin at these characters, as many as one request takes."""
    wanted, count = set(starts), 0
    found: list[Paragraph] = []
    for block in text.blocks:
        if block.start in wanted and block.kind in _TRANSLATED:
            sentences = sentences_of(block.words)
            count += len(sentences)
            if count > MOST_SENTENCES and found:
                break
            if sentences:
                found.append(Paragraph(block.start, sentences[:MOST_SENTENCES]))
    return found


def with_translations(
    text: FullText, part: int, paragraphs: Sequence[Paragraph], translations: Sequence[str]
) -> list[TranslatedParagraph]:
    """`translations` are those of all sentences in order; empty where there is none."""
    rest = iter(translations)
    return [
        TranslatedParagraph(
            paragraph.start,
            tuple(_pair(text, part, sentence, next(rest, "")) for sentence in paragraph.sentences),
        )
        for paragraph in paragraphs
    ]


def _pair(text: FullText, part: int, sentence: str, translation: str) -> tuple[Markup, Markup | None]:
    shown = inline_html(translation, text.targets, part) if translation else None
    return inline_html(sentence, text.targets, part), shown
