"""People who rate, save, skip and open papers by tastes that are known, for tests of what is learned from signals.

Papers are points around topics. A person's interests move: every few days another topic is wanted too, and those whose
`saves_tell` save papers of it days before they like the first. Those whose signals do not tell save and skip the same
number of papers at random.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from shared.store.people.preferences import Rating
from shared.store.people.signals import Signal
from shared.store.vectors.embeddings import Matrix, Vectors

START = datetime(2026, 8, 20, 9, tzinfo=UTC)
_TOPICS = 24
_SPREAD = 1.1
_AHEAD_DAYS = 6
_DAYS_A_TOPIC = 6


@dataclass(frozen=True)
class Person:
    """What one person said, and the vectors of all papers there are."""

    ratings: list[Rating]
    signals: list[Signal]
    vectors: Vectors


def simulate(
    seed: int, *, saves_tell: bool, days: int = 60, papers: int = 1_500, dimension: int = 32, a_day: int = 3
) -> Person:
    """The same for the same seed."""
    rng = np.random.default_rng(seed)
    topics = rng.integers(0, _TOPICS, papers)
    centres = rng.normal(size=(_TOPICS, dimension))
    vectors = _unit(centres[topics] / np.linalg.norm(centres, axis=1)[topics, None] + _noise(rng, papers, dimension))
    names = [f"2611.{number:05}" for number in range(papers)]
    order = rng.permutation(_TOPICS).tolist()
    free = set(range(papers))
    ratings, signals = list[Rating](), list[Signal]()

    def take(wanted: list[int] | None) -> int:
        rows = [row for row in sorted(free) if wanted is None or topics[row] in wanted]
        row = int(rng.choice(rows if rows else sorted(free)))
        free.discard(row)
        return row

    for day in range(days):
        at = START + timedelta(days=day)
        liked = order[: 2 + day // _DAYS_A_TOPIC][-4:]
        soon = order[: 2 + (day + _AHEAD_DAYS) // _DAYS_A_TOPIC][-2:]
        never = order[-6:]
        for number in range(a_day):
            row = take(liked)
            ratings.append(_rating(names[row], "like", at + timedelta(minutes=number)))
        if day % 2:
            ratings.append(_rating(names[take(never)], "dislike", at + timedelta(minutes=30)))
        for number in range(2):
            at_night = at + timedelta(hours=3, minutes=number)
            signals.append(_signal(names[take(soon if saves_tell else None)], "save", at_night))
            signals.append(_signal(names[take(never if saves_tell else None)], "skip", at_night))
        signals.append(_signal(names[take(None)], "open", at + timedelta(hours=4)))
    return Person(ratings, signals, Vectors(names, vectors))


def _noise(rng: np.random.Generator, papers: int, dimension: int) -> Matrix:
    return np.asarray(rng.normal(size=(papers, dimension)) * _SPREAD / np.sqrt(dimension), dtype=np.float32)


def _unit(vectors: Matrix) -> Matrix:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _rating(paper_id: str, label: str, at: datetime) -> Rating:
    return Rating(f"r {paper_id}", paper_id, "me", label, "test", "me", 1.0, at)  # type: ignore[arg-type]


def _signal(paper_id: str, kind: str, at: datetime) -> Signal:
    return Signal(f"s {paper_id}", "me", paper_id, kind, "reader", at)  # type: ignore[arg-type]
