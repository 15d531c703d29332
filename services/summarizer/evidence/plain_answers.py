"""What a model wrote, cut of everything that is no plain statement: HTML, links, pictures, unseen characters.

A claim needs none of these; a quote that stands in the paper is replaced by the paper's own words anyway.
"""

import re
import unicodedata

from services.summarizer.text.passages import one_line, plain_text

_ADDRESS = re.compile(
    r"<?\b(?:(?:https?|ftp)\s?:\s?//|file:/|data:[\w.+-]+/|(?:javascript|vbscript)\s?:\s?|mailto:|www\.)[^\s<>\"']*>?",
    re.I,
)
_TARGET = r"\s?(?:\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\])"
_IMAGE = re.compile(rf"!\s?\[[^\]]*\](?:{_TARGET})?")
_REFERENCE_LINK = re.compile(rf"\[([^\]\[]+)\]{_TARGET}")
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]|<\s*>")
_BEFORE_MARK = re.compile(r"\s+([.,;:!?)])")
_UNSEEN_LETTERS = "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5"
_UNSEEN = re.compile(rf"[{_UNSEEN_LETTERS}\ufe00-\ufe0f\U000e0000-\U000e0fff]")
_NOT_PLAIN = re.compile(r"[^\x20-\x7e\n\t]")
_UNSEEN_CATEGORIES = ("Cf", "Cc", "Cs", "Co", "Cn")


def plain_answer(text: str, most_chars: int) -> str:
    """One line of plain words and formulas; addresses go, the words of a link stay."""
    seen = without_unseen(text[: 20 * most_chars])
    words = _REFERENCE_LINK.sub(r"\1", _IMAGE.sub("", seen))
    words = _EMPTY.sub("", _ADDRESS.sub("", one_line(plain_text(words))))
    return one_line(_BEFORE_MARK.sub(r"\1", words))[:most_chars].rstrip()


def without_unseen(text: str) -> str:
    """The text without characters that nobody sees: control, format, direction, tags, private use, lone surrogates."""
    return text if text.isascii() and text.isprintable() else _NOT_PLAIN.sub(_seen, text)


def _seen(match: re.Match[str]) -> str:
    char = match[0]
    return "" if _UNSEEN.match(char) or unicodedata.category(char) in _UNSEEN_CATEGORIES else char
