"""Names of the same kind: ResNet-50 and ResNet-152, English-to-German and English-to-French, BERT and RoBERTa."""

import re
from collections.abc import Iterable

_SHORTEST_PART = 4


def sibling_among(missing: Iterable[str], given: Iterable[str], claim: str) -> str:
    """The first of the given names that a claim does not have and that is like one it misses; empty where none is."""
    letters = _letters(claim)
    others = [name for name in given if _letters(name) not in letters]
    return next((other for name in missing for other in others if are_siblings(name, other)), "")


def are_siblings(one: str, other: str) -> bool:
    """Whether two names share a part: what stands between hyphens and digits, or their beginning or end."""
    if _letters(one) == _letters(other):
        return False
    ours, theirs = _parts(one), _parts(other)
    if ours & theirs:
        return True
    return any(
        mine.startswith(yours) or yours.startswith(mine) or mine.endswith(yours) or yours.endswith(mine)
        for mine in ours
        for yours in theirs
    )


def _parts(name: str) -> set[str]:
    return {
        part
        for part in re.split(r"[^a-z]+", name.casefold())
        if len(part) >= _SHORTEST_PART or (part.isalpha() and _is_whole(part, name))
    }


def _is_whole(part: str, name: str) -> bool:
    """Whether a short part is all of a name but its number, as in GPT-4."""
    return re.sub(r"[^a-z]", "", name.casefold()) == part and len(part) > 1


def _letters(text: str) -> str:
    return re.sub(r"[^\w]", "", text).casefold()
