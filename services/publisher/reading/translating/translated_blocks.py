"""Paragraphs of a text with their translations, sentence by sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from services.publisher.reading.definitions.sentence_places import sentence_places
from services.publisher.reading.fulltext.full_text import FullText
from services.publisher.reading.fulltext.markdown.blocks import Block
from services.publisher.reading.fulltext.markdown.inline import inline_html
from shared.contracts import MOST_GLOSSARY_TERMS, MOST_SENTENCE_CHARACTERS, MOST_SENTENCES, MOST_TERM_CHARACTERS

LANGUAGES: Mapping[str, str] = {
    "zh": "中文",
    "es": "Español",
    "de": "Deutsch",
    "fr": "Français",
    "ja": "日本語",
    "ko": "한국어",
    "pt": "Português",
    "ru": "Русский",
    "it": "Italiano",
    "pl": "Polski",
    "uk": "Українська",
    "tr": "Türkçe",
    "vi": "Tiếng Việt",
    "hi": "हिन्दी",
    "ar": "العربية",
    "en": "English",
}
_TRANSLATED = ("paragraph", "item", "quotation")


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
            sentences = _sentences(block)
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


def read_glossary(text: str) -> tuple[tuple[str, str], ...]:
    """The terms of lines such as `graph = Graph`, each once; lines that are none are passed over."""
    terms: dict[str, str] = {}
    for line in text.splitlines():
        term, equals, translation = line.partition("=")
        pair = term.strip(), translation.strip()
        if equals and all(pair) and max(map(len, pair)) <= MOST_TERM_CHARACTERS:
            terms.setdefault(*pair)
    return tuple(terms.items())[:MOST_GLOSSARY_TERMS]


def _sentences(block: Block) -> tuple[str, ...]:
    cut = (block.words[start:end] for start, end in sentence_places(block.words))
    return tuple(sentence for sentence in cut if len(sentence) <= MOST_SENTENCE_CHARACTERS)


def _pair(text: FullText, part: int, sentence: str, translation: str) -> tuple[Markup, Markup | None]:
    shown = inline_html(translation, text.targets, part) if translation else None
    return inline_html(sentence, text.targets, part), shown
