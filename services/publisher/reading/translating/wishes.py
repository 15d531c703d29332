"""What a person wants translated: into which language, by which terms, which sentences."""

import re
from collections.abc import Mapping

from services.publisher.reading.definitions.sentence_places import masked, sentence_places
from shared.contracts import MOST_GLOSSARY_TERMS, MOST_SENTENCE_CHARACTERS, MOST_TERM_CHARACTERS

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
_LETTER = re.compile(r"[^\W\d_]{2}")


def read_glossary(text: str) -> tuple[tuple[str, str], ...]:
    """The terms of lines such as `graph = Graph`, each once; lines that are none are passed over."""
    terms: dict[str, str] = {}
    for line in text.splitlines():
        term, equals, translation = line.partition("=")
        pair = term.strip(), translation.strip()
        if equals and all(pair) and max(map(len, pair)) <= MOST_TERM_CHARACTERS:
            terms.setdefault(*pair)
    return tuple(terms.items())[:MOST_GLOSSARY_TERMS]


def is_translatable(text: str) -> bool:
    """Whether a text has words beside formulas, citations and numbers, and is not far too long."""
    return bool(_LETTER.search(masked(text))) and len(text) <= MOST_SENTENCE_CHARACTERS


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a text that can be sent to be translated; none where it is a formula or a number alone.

    A sentence that is far too long is left out.
    """
    if not _LETTER.search(masked(text)):
        return ()
    cut = (text[start:end] for start, end in sentence_places(text))
    return tuple(sentence for sentence in cut if len(sentence) <= MOST_SENTENCE_CHARACTERS)
