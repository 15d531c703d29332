"""Which sentence, row or section of one version became which of another. Pure; alike by shared words."""

from collections import Counter
from collections.abc import Callable, Sequence

from services.summarizer.revisions.units import Section, Unit

_SAME_SECTION = 0.35
_SAME_TITLE = 0.15
_SAME_UNIT = 0.5
_SAME_STATEMENT = 0.4
_MOST_COMPARED = 400


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two texts have in common (Dice's coefficient of multisets), from 0 to 1."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def matching_sections(before: Sequence[Section], after: Sequence[Section]) -> list[tuple[int, int]]:
    """Pairs of places of sections that are the same one, in the order of `after`.

    A section is known by its heading and by what stands in it: one that was renamed, renumbered or moved is the same.
    """
    old, new = [_words_of(section) for section in before], [_words_of(section) for section in after]

    def score(at: int, other: int) -> float:
        alike, is_same_title = likeness(old[at], new[other]), before[at].key == after[other].key
        least = _SAME_TITLE if is_same_title else _SAME_SECTION
        return alike + (0.3 if is_same_title else 0.0) - 0.001 * abs(at - other) if alike >= least else 0.0

    return sorted(_best(range(len(before)), range(len(after)), score), key=lambda pair: pair[1])


def matching_units(before: Sequence[Unit], after: Sequence[Unit]) -> list[tuple[int, int]]:
    """Pairs of places of units of one kind that are alike, each at most once."""
    old, new = [Counter(_weighed(unit)) for unit in before], [Counter(_weighed(unit)) for unit in after]

    def score(at: int, other: int) -> float:
        if before[at].kind != after[other].kind:
            return 0.0
        alike = likeness(old[at], new[other])
        least = _SAME_UNIT if before[at].kind == "text" else _SAME_STATEMENT
        return alike - 0.0005 * abs(at / len(old) - other / len(new)) if alike >= least else 0.0

    return _best(range(len(before)), range(len(after)), score)


def _best(before: range, after: range, score: Callable[[int, int], float]) -> list[tuple[int, int]]:
    """The pairs with the highest scores, each place in one pair at most; a score of 0 is no pair.

    Of a text with very many parts the first are paired: it may be made to take for ever.
    """
    scored = [(score(at, other), at, other) for at in before[:_MOST_COMPARED] for other in after[:_MOST_COMPARED]]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for value, at, other in sorted(scored, key=lambda item: -item[0]):
        if value > 0 and at not in pairs and other not in taken:
            pairs[at] = other
            taken.add(other)
    return list(pairs.items())


def _words_of(section: Section) -> Counter[str]:
    return Counter(token for unit in section.units for token in _weighed(unit))


def _weighed(unit: Unit) -> list[str]:
    """What tells a text from others: words and numbers; signs only where it has no words, as a formula."""
    words = [token for token in unit.tokens if len(token) > 1 or token.isalnum()]
    return words if len(words) >= 3 else list(unit.tokens)
