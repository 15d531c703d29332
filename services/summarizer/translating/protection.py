"""What a translation must not touch: formulas, citations, links and code are replaced by numbered marks."""

import re
from collections import Counter

_PROTECTED = re.compile(
    r"\$\$.+?\$\$|\$(?!\s)[^$\n]+?\$|`[^`\n]+`|\[\^[^\[\]\s]+\]|\[[^\[\]\n]*@[^\[\]\n]*\]|\]\([^()\s]*\)"
    r"|<https?://[^<>\s]+>|https?://[^\s<>()]+|\[[\w:.+/-]*[:_][\w:.+/-]*\]",
    re.S,
)
_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.]*\w)", re.ASCII)
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST_WORDS = 5
"""A shorter text may be a name, which is the same in every language."""
_LONGEST = 4
"""A translation so many times as long as its sentence is none."""
_MARK = re.compile(r"⟦\s?(\d{1,3})\s?⟧")


def protected(sentence: str) -> tuple[str, list[str]]:
    """The sentence with `⟦1⟧` for the first piece that stays as it is, and the pieces."""
    pieces: list[str] = []

    def kept(match: re.Match[str]) -> str:
        pieces.append(match[0])
        return f"⟦{len(pieces)}⟧"

    return _PROTECTED.sub(kept, sentence.replace("⟦", "[").replace("⟧", "]")), pieces


def is_translation(text: str, source: str) -> bool:
    """Whether a text can be the translation of a masked sentence: other words, about as long, its decimal numbers, and
    no formula, link or citation of its own."""
    plain = " ".join(text.split())
    is_echo = plain.casefold() == " ".join(source.split()).casefold() and len(_WORD.findall(source)) >= _FEWEST_WORDS
    has_numbers = all(number in plain or number.replace(".", ",") in plain for number in _DECIMAL.findall(source))
    adds = any(piece[0] not in source for piece in _PROTECTED.finditer(plain))
    return bool(plain) and not is_echo and not adds and has_numbers and len(text) <= _LONGEST * len(source) + 200


def restored(translation: str, pieces: list[str]) -> str | None:
    """The translation with the pieces back in their places; None where one is missing, doubled or made up."""
    marks = Counter(int(number) for number in _MARK.findall(translation))
    if marks != Counter(range(1, len(pieces) + 1)):
        return None
    return _MARK.sub(lambda match: pieces[int(match[1]) - 1], translation)
