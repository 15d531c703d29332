"""A tag as it is compared: its words, what they stand for, and what a vector is made of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from services.summarizer.tags.matching.abbreviations import Abbreviations
from shared.text.tag_words import Words, join_words, tag_words

_GAPS = re.compile(r"[-_\s]+")
_WORDS_KEPT = 50_000
"""Stems in memory: all tags are compared anew for each paper, and stemming their words was half of that."""


@dataclass(frozen=True)
class TagForm:
    """`words` in their normal form, `meant` with short forms written out, `stems` of those; `key` joins `meant`."""

    raw: str
    words: Words
    meant: Words
    stems: Words
    key: str

    @property
    def text(self) -> str:
        """What its vector is made of: the tag as it is written, without hyphens."""
        return plain_text_of(self.raw)


def form_of(tag: str, abbreviations: Abbreviations) -> TagForm:
    """The form of a tag. The key of one without letters and digits is what it is itself."""
    words = tag_words(tag)
    meant = abbreviations.expanded(words)
    return TagForm(tag, words, meant, stems_of(meant), join_words(meant) or f" {tag.strip()}")


def plain_text_of(tag: str) -> str:
    return _GAPS.sub(" ", tag).strip().casefold() or "-"


def stems_of(words: Sequence[str]) -> Words:
    """Word stems (Porter's second stemmer): `cluster` of `clusters`, `clustering`, `clustered`."""
    return tuple(_stem(word) for word in words)


@lru_cache(_WORDS_KEPT)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")
