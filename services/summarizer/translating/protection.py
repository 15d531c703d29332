"""What a translation must not touch: formulas, citations, links and code are replaced by numbered marks."""

import re
from collections import Counter

_PROTECTED = re.compile(
    r"\$\$.+?\$\$|\$(?!\s)[^$\n]+?\$|`[^`\n]+`|\[\^[^\[\]\s]+\]|\[[^\[\]\n]*@[^\[\]\n]*\]|\]\([^()\s]*\)"
    r"|<https?://[^<>\s]+>|https?://[^\s<>()]+|\[[\w:.+/-]*[:_][\w:.+/-]*\]",
    re.S,
)
_MARK = re.compile(r"⟦\s?(\d{1,3})\s?⟧")


def protected(sentence: str) -> tuple[str, list[str]]:
    """The sentence with `⟦1⟧` for the first piece that stays as it is, and the pieces."""
    pieces: list[str] = []

    def kept(match: re.Match[str]) -> str:
        pieces.append(match[0])
        return f"⟦{len(pieces)}⟧"

    return _PROTECTED.sub(kept, sentence.replace("⟦", "[").replace("⟧", "]")), pieces


def restored(translation: str, pieces: list[str]) -> str | None:
    """The translation with the pieces back in their places; None where one is missing, doubled or made up."""
    marks = Counter(int(number) for number in _MARK.findall(translation))
    if marks != Counter(range(1, len(pieces) + 1)):
        return None
    return _MARK.sub(lambda match: pieces[int(match[1]) - 1], translation)
