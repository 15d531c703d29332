"""Which rows of a table are the paper's own method: those that say so, or have a name that it gives to its method."""

import re
from collections.abc import Iterable

from services.summarizer.results.datasets import datasets_in

_OURS = re.compile(r"\bours?\b|\bthis (?:work|paper)\b|\bproposed\b|\bpresent (?:work|method)\b|\bwe\b", re.I)
_OTHERS = re.compile(r"\[@|\bet al\b|\(\s*(?:19|20)\d\d\s*\)", re.I)
_TITLE_NAME = re.compile(r"\s*([^\s:][^:]{0,40}?)\s*:\s+\S")
_CALLED = re.compile(
    r"\b[Ww]e (?:propose|present|introduce|develop|describe|call|name|term|dub)\b[^.;]{0,120}?"
    r"(?:,? the |,? (?:called|named|dubbed|termed) |\b)"
    r"([A-Z][A-Za-z]*[A-Z0-9][\w+-]*|(?<=the )[A-Z][a-z]{3,}[\w-]*|(?<=called )[A-Z][\w+-]+|(?<=named )[A-Z][\w+-]+)"
)
_NAME_LIKE = re.compile(r"[A-Za-z]*[A-Z][\w+-]*(?: [A-Z0-9][\w+-]*){0,2}")
_NO_NAMES = {"The", "This", "These", "Our", "We", "State", "On", "A", "An", "Towards", "Learning"}


def method_names(title: str, abstract: str) -> tuple[str, ...]:
    """Names of the paper's method: before the colon of the title, and after `we propose ...` in the abstract."""
    names: list[str] = []
    before = _TITLE_NAME.match(title)
    if before and _NAME_LIKE.fullmatch(before[1]) and len(before[1].split()) <= 3:
        names.append(before[1])
    names += [match[1] for match in _CALLED.finditer(abstract)]
    kept = (name for name in dict.fromkeys(names) if name not in _NO_NAMES and not datasets_in(name))
    return tuple(name for name in kept if len(name) >= 3)


def is_own(row: Iterable[str], raw: str, names: Iterable[str]) -> bool:
    """Whether a row is the paper's own; `raw` is its heading as written: one with a citation or a year is another's.

    A name in small capitals comes in capitals from the converter.
    """
    texts = list(row)
    if any(_OURS.search(text) for text in texts):
        return True
    if _OTHERS.search(raw) or any(_OTHERS.search(text) for text in texts):
        return False
    forms = {form for name in names for form in (name, name.upper())}
    return any(re.match(rf"{re.escape(form)}(?![\w]|-?[A-Z0-9])", text) for form in forms for text in texts)
