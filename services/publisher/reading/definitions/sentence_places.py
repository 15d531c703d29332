"""The sentences of a paragraph of Markdown with their places. Formulas, citations and code are never cut."""

import re
from collections.abc import Iterator

_ATOMS = re.compile(r"\$\$.+?\$\$|\$(?!\s)[^$\n]+?\$|\[[^\[\]\n]*@[^\[\]\n]*\]|`[^`\n]*`", re.S)
_END = re.compile(r"[.!?][\"”’')\]*_]*\s+(?=[\"“‘'(\[*_\x00]*[A-Z0-9\x00])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:et al|e\.g|i\.e|cf|vs|resp|approx|w\.r\.t|Figs?|Eqs?|Secs?|Tabs?|Refs?|Nos?|Thm|Def|Prop|Lem|Dr|Prof|ca"
    r"|Ch|pp?)|\b[A-Z])\.\s*\Z"
)
ATOM = "\x00"
"""Stands for each character of a formula, a citation or code in a masked text."""


def masked(text: str) -> str:
    """The text as long as it was, with formulas, citations and code blanked out."""
    return _ATOMS.sub(lambda match: ATOM * len(match[0]), text)


def formulas_of(text: str) -> Iterator[tuple[int, int, str]]:
    """Each formula of a text: where it begins and ends, and its TeX without dollars."""
    for match in _ATOMS.finditer(text):
        if match[0].startswith("$"):
            yield match.start(), match.end(), match[0].strip("$").strip()


def sentence_places(text: str) -> list[tuple[int, int]]:
    """From the first character of each sentence to after its last."""
    plain, starts = masked(text), [0]
    for match in _END.finditer(plain):
        if not _ABBREVIATED.search(plain[max(0, match.start() - 12) : match.start() + 1]):
            starts.append(match.end())
    places = zip(starts, [*starts[1:], len(text)], strict=True)
    return [trimmed for place in places if (trimmed := _trimmed(text, *place))]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    words = text[start:end]
    lead = len(words) - len(words.lstrip())
    return (start + lead, start + len(words.rstrip())) if words.strip() else None
