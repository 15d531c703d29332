"""Whether a text names a tag: the words of its label stand in it side by side, or one of its short forms does."""

import re

from services.summarizer.tags.matching.forms import stems_of
from shared.store.tagging.tag_index import Tag
from shared.text.tag_words import normal_word, tag_words

_WORD = re.compile(r"[^\W_]+")


class NamesInText:
    """The words of one text in their order, to be asked about tags."""

    def __init__(self, text: str) -> None:
        words = [normal_word(word) for word in _WORD.findall(text.casefold())]
        self._words = frozenset(words)
        self._stems = f" {' '.join(stems_of(words))} "

    def has(self, tag: Tag) -> bool:
        """By its label or an alias, in whatever form of their words."""
        return any(self._has_words(tag_words(name)) for name in (tag.label, *tag.aliases))

    def _has_words(self, words: tuple[str, ...]) -> bool:
        if len(words) < 2:
            return set(words) <= self._words and bool(words)
        return f" {' '.join(stems_of(words))} " in self._stems
