"""Acronyms with their long forms, where a text gives both: "convolutional neural network (CNN)".

The method is that of A. Schwartz and M. Hearst, A simple algorithm for identifying abbreviation definitions in
biomedical text, Pacific Symposium on Biocomputing 2003, 451-462 (https://psb.stanford.edu/psb-online/proceedings/psb03/schwartz.pdf):
the letters of the short form are matched from the right with those of the words before it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_LONGEST_SHORT, _SHORTEST_SHORT = 10, 2
_PARENTHESES = re.compile(r"\(([^()\n]{2,120})\)")
_SHORT = re.compile(r"[A-Za-z0-9][\w&/+.-]*")
_EMPHASIS = re.compile(r"[*_`]+")
_NOT_ACRONYMS = re.compile(
    r"(?:Fig|Figs|Eq|Eqs|Sec|Tab|Table|Ref|Thm|Alg|App|Ch|No|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b\.?|[IVX]+\Z"
)
_BEFORE = 300


class Acronym(NamedTuple):
    """A short form and its long form as the text has them; `at` is where the short form stands in the text."""

    short: str
    long: str
    at: int


def acronyms_of(text: str) -> Iterator[Acronym]:
    """Every definition of a sentence or paragraph, in order."""
    for match in _PARENTHESES.finditer(text):
        inside = _EMPHASIS.sub("", re.split(r"[,;]", match[1])[0]).strip(" \"“”'")
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        if _is_short(inside):
            long = long_form(inside, _clause(before))
            if long:
                yield Acronym(_singular(inside), long, match.start() + 1)
            continue
        last = re.search(r"([\w&/+.-]+)[*_`]*\s*\Z", before)
        if last and _is_short(last[1]) and sum(char.isupper() for char in last[1]) > 1:
            long = long_form(last[1], _EMPHASIS.sub("", match[1]))
            if long and _EMPHASIS.sub("", match[1]).startswith(long):
                yield Acronym(_singular(last[1]), long, match.start() - len(before) + last.start(1))


def long_form(short: str, before: str) -> str:
    """The end of `before` that a short form stands for; empty where its letters are not those of the last words."""
    letters = [char.casefold() for char in _singular(short) if char.isalnum()]
    most_words = min(len(letters) + 5, 2 * len(letters))
    words = before.split()[-most_words:]
    window = " ".join(words)
    place = len(window)
    for index in range(len(letters) - 1, -1, -1):
        place -= 1
        while place >= 0 and (
            window[place].casefold() != letters[index] or (index == 0 and place > 0 and window[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return ""
    long = window[place:].strip(" ,;:-–“”\"'")
    return long if _is_plausible(short, long) else ""


def _is_plausible(short: str, long: str) -> bool:
    """Longer than its short form and not made of it; a formula or half a parenthesis is no long form."""
    if len(long) <= len(short) or short.casefold() in long.casefold().split():
        return False
    return "$" not in long and ("(" in long) == (")" in long)


def _clause(before: str) -> str:
    """The words right before, without emphasis, from the last end of a sentence or clause on."""
    plain = _EMPHASIS.sub("", before)
    return re.split(r"[.!?;:()]\s|\$", plain)[-1].rstrip()


def _is_short(text: str) -> bool:
    letters = _singular(text)
    return (
        _SHORTEST_SHORT <= len(letters) <= _LONGEST_SHORT
        and _SHORT.fullmatch(text) is not None
        and any(char.isupper() for char in letters)
        and (sum(char.isupper() for char in letters) > 1 or not letters[1:].islower())
        and not _NOT_ACRONYMS.match(text)
    )


def _singular(short: str) -> str:
    """`CNNs` is the plural of `CNN`."""
    return short[:-1] if len(short) > _SHORTEST_SHORT and short.endswith("s") and short[:-1].isupper() else short
