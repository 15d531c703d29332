"""What a person wants translated: into which language, which sentences."""

import re
from collections.abc import Mapping

from services.publisher.reading.definitions.sentence_places import masked, sentence_places
from shared.contracts import MOST_SENTENCE_CHARACTERS

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
