"""Names of people as reference managers want them: family name first."""

import re
from typing import NamedTuple

_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_GROUP = re.compile(r"\b(collaboration|consortium|team|group|project|network|survey|alliance)\b", re.I)


class Name(NamedTuple):
    """A person's name in its parts; a collaboration has a family name alone."""

    family: str
    given: str = ""
    suffix: str = ""


def name_of(author: str) -> Name:
    """The parts of a name as arXiv writes it, given names first: `Ludwig van der Berg Jr.`."""
    words = author.replace(",", " ").split()
    if len(words) < 2 or _GROUP.search(author):
        return Name(" ".join(author.split()))
    suffix = words.pop() if len(words) > 2 and words[-1].lower() in _SUFFIXES else ""
    start = next((index for index, word in enumerate(words[1:-1], 1) if word.islower()), len(words) - 1)
    return Name(" ".join(words[start:]), " ".join(words[:start]), suffix)
