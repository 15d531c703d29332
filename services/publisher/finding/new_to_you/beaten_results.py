"""Results of one paper that are better than another's. Pure; where two might not be comparable, nothing is said."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from shared.result_search import FoundResult, Series, number_of
from shared.store.papers.results import Result

_MOST_TIMES = 20
"""Beyond that one of two numbers is a share and the other per cent, or of another scale."""


class Beaten(NamedTuple):
    """A paper's own result, and the other paper's own that it is better than."""

    mine: FoundResult
    other: FoundResult


def beaten(
    mine: Mapping[Series, FoundResult], others: Mapping[Series, Iterable[FoundResult]], known: Iterable[str]
) -> list[Beaten]:
    """Which known papers' own results mine are better than: of each paper one, that of the first series."""
    wanted = set(known)
    found: dict[str, Beaten] = {}
    for series, one in mine.items():
        for other in others.get(series, ()):
            if other.paper_id in wanted and other.paper_id not in found and is_beaten(one.result, other.result):
                found[other.paper_id] = Beaten(one, other)
    return list(found.values())


def is_beaten(mine: Result, other: Result) -> bool:
    """Whether a result is better than one of the same series by more than what both leave open."""
    ours, theirs = number_of(mine), number_of(other)
    if ours is None or theirs is None or mine.better != other.better or not _is_better(mine, other):
        return False
    if min(ours, theirs) <= 0 or max(ours, theirs) > _MOST_TIMES * min(ours, theirs):
        return False
    if {mine.unit, other.unit} - {"", "%"} and mine.unit != other.unit:
        return False
    return abs(ours - theirs) > _open(mine) + _open(other)


def _is_better(result: Result, other: Result) -> bool:
    ours, theirs = number_of(result), number_of(other)
    if ours is None or theirs is None:
        return False
    return ours > theirs if result.better == "higher" else ours < theirs


def _open(result: Result) -> Decimal:
    try:
        return Decimal(result.uncertainty or "0")
    except InvalidOperation:
        return Decimal(0)
