"""Which numbers of a sentence became others. Pure."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from shared.store.papers.revisions import NumberChange

_MOST_COMPARED = 4_000_000
"""Pairs of words, beyond which only which numbers there are is compared: a hostile sentence may be a book."""


def changed_numbers(before: Sequence[str], after: Sequence[str]) -> tuple[NumberChange, ...]:
    """Numbers that became others, by their places among the comparable words around them, in the newer order.

    One that came or went has an empty other side; one that only moved within the sentence did not change.
    """
    if len(before) * len(after) > _MOST_COMPARED:
        return tuple(_between(_numbers(before), _numbers(after)))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    changes = [
        change
        for tag, start, end, new_start, new_end in matcher.get_opcodes()
        if tag != "equal"
        for change in _between(_numbers(before[start:end]), _numbers(after[new_start:new_end]))
    ]
    moved = Counter(change.before for change in changes) & Counter(change.after for change in changes)
    went, came = Counter(moved), Counter(moved)
    return tuple(change for change in changes if not _only_moved(change, went, came))


def _only_moved(change: NumberChange, went: Counter[str], came: Counter[str]) -> bool:
    """Whether a number that went here came elsewhere, or the other way round; uses up what moved."""
    if change.before and change.after:
        return False
    left, number = (went, change.before) if change.before else (came, change.after)
    if left[number] <= 0:
        return False
    left[number] -= 1
    return True


def _numbers(tokens: Iterable[str]) -> list[str]:
    return [token for token in tokens if token.lstrip("-")[:1].isdigit()]


def _between(old: list[str], new: list[str]) -> Iterator[NumberChange]:
    shared = Counter(old) & Counter(new)
    old, new = _without(old, shared), _without(new, shared)
    for place in range(max(len(old), len(new))):
        yield NumberChange(before=old[place] if place < len(old) else "", after=new[place] if place < len(new) else "")


def _without(numbers: Iterable[str], shared: Counter[str]) -> list[str]:
    left, kept = Counter(shared), list[str]()
    for number in numbers:
        if left[number] > 0:
            left[number] -= 1
        else:
            kept.append(number)
    return kept
