"""A day's selection: which of the candidates are picked, and what became of each of the others. Pure.

Every candidate gets a rank and a fate; nothing drops out in silence.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from shared.store.embeddings import Matrix

Fate = Literal["picked", "below_quota", "near_duplicate", "withdrawn", "disliked", "already_read"]

_MIDDLE = (0.25, 0.75)


@dataclass(frozen=True)
class Quota:
    """`per_day` picks, `explore` of them drawn from the middle. More alike than `duplicate_cosine`: one paper."""

    per_day: int
    explore: int
    duplicate_cosine: float


@dataclass(frozen=True)
class Contender:
    """A paper that competes; `barred` is why it cannot be picked."""

    paper_id: str
    score: float
    barred: Literal["withdrawn", "disliked", "already_read"] | None = None


@dataclass(frozen=True)
class Placed:
    """What became of a contender. `rank` 1 is best; `double_of` is the pick it nearly repeats, `cosine` how nearly."""

    paper_id: str
    score: float
    rank: int
    fate: Fate
    slot: Literal["top", "explore", ""] = ""
    double_of: str = ""
    cosine: float = 0.0


def select_papers(contenders: Sequence[Contender], vectors: Matrix, quota: Quota, seed: str) -> list[Placed]:
    """The fate of each contender, best first. `vectors[i]` (length 1) is of `contenders[i]`.

    The same input gives the same output: draws depend on `seed` alone, ties are broken by id.
    """
    order = sorted(range(len(contenders)), key=lambda row: (-contenders[row].score, contenders[row].paper_id))
    vectors = vectors[order]
    placed = [_unpicked(contenders[row], rank) for rank, row in enumerate(order, 1)]
    explore = min(quota.explore, quota.per_day - 1)
    top = _pick_best(placed, vectors, quota.per_day - explore, quota.duplicate_cosine)
    drawn = _draw_middle(placed, vectors, top, explore, quota.duplicate_cosine, random.Random(seed))
    for row in drawn:
        placed[row] = replace(placed[row], fate="picked", slot="explore")
    return placed


def _unpicked(contender: Contender, rank: int) -> Placed:
    return Placed(contender.paper_id, contender.score, rank, contender.barred or "below_quota")


def _pick_best(placed: list[Placed], vectors: Matrix, count: int, duplicate_cosine: float) -> list[int]:
    """Mark the best `count` that repeat no better pick, and what repeats one; returns the rows picked."""
    picks: list[int] = []
    for row, one in enumerate(placed):
        if one.fate != "below_quota":
            continue
        double = _nearest(row, picks, vectors)
        if double is not None and double[1] > duplicate_cosine:
            better, cosine = double
            placed[row] = replace(one, fate="near_duplicate", double_of=placed[better].paper_id, cosine=cosine)
        elif len(picks) < count:
            placed[row] = replace(one, fate="picked", slot="top")
            picks.append(row)
    return picks


def _nearest(row: int, picks: list[int], vectors: Matrix) -> tuple[int, float] | None:
    if not picks:
        return None
    cosines = vectors[picks] @ vectors[row]
    best = int(cosines.argmax())
    return picks[best], float(cosines[best])


def _draw_middle(
    placed: list[Placed], vectors: Matrix, top: list[int], count: int, duplicate_cosine: float, rng: random.Random
) -> list[int]:
    """Rows for exploration, from the middle half of what is left; all of it where little is left."""
    left = [row for row, one in enumerate(placed) if one.fate == "below_quota"]
    first, last = (int(np.floor(len(left) * bound)) for bound in _MIDDLE)
    middle = left[first:last] if last - first >= count else left
    rng.shuffle(middle)
    drawn: list[int] = []
    for row in middle:
        double = _nearest(row, drawn, vectors)
        if len(drawn) < count and (double is None or double[1] <= duplicate_cosine):
            drawn.append(row)
    return sorted(drawn)
