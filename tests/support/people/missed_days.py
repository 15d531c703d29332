"""A person who likes graphs, and finds elsewhere what the picks miss: papers on quantum walks, some by one author."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from services.ranker.components import Ranker, build
from services.ranker.settings import RankerSettings, Settings
from shared.contracts import Label
from shared.settings.settings import DataSettings, EmbeddingSettings, ModelSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.follows import Follow, FollowStore
from shared.store.people.preferences import Rating, RatingStore
from shared.store.selections import Candidate, SelectionStore
from shared.store.vectors.embeddings import Recipe
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.support.bus.in_memory import FakeBus

MONDAY = datetime(2026, 9, 7, 8, tzinfo=UTC)
DAYS, A_DAY = 14, 20
SUNDAY_NIGHT = MONDAY + timedelta(days=14) - timedelta(hours=8)
WALKS = (15, 75, 135, 195, 255)
"""Papers on quantum walks, on different days; each is in the lower half of its day."""


def paper_id(number: int) -> str:
    return f"2609.{number:05}"


class MissedDays:
    """Two weeks of twenty papers a day; the first three by number are picked; paper `n` is of day `n // 20`."""

    def __init__(self, folder: Path, user: str = "me", start: datetime = MONDAY) -> None:
        self.data, self.user, self.start = DataFolder(folder, 0), user, start
        self.now = SUNDAY_NIGHT + timedelta(hours=9)
        self.settings = Settings(
            data=DataSettings(path=folder, min_free_mb=0),
            embedding=EmbeddingSettings(model="test", models={"test": ModelSettings(name="test", dimension=8)}),
            ranker=RankerSettings(per_day=3, explore=0, audit=0, diversity=0.0),
        )
        self.ratings, self.selections = RatingStore(self.data), SelectionStore(self.data, user)
        numbers = range(DAYS * A_DAY)
        MetadataStore(self.data).put(map(paper_of, numbers))
        self._put_vectors(numbers)
        for day in range(DAYS):
            moment = start + timedelta(days=day)
            self.selections.write(moment.date(), f"run-{moment:%j}", self._candidates(moment, day))
        self.rate("like", *range(-12, 0), at=start - timedelta(days=1))

    def ranker(self) -> Ranker:
        return build(self.settings, FakeBus(), lambda: self.now)

    def rate(self, label: Label, *numbers: int, at: datetime, source: str = "reader") -> None:
        """Papers below 0 are older ones, whose metadata is stored and which never competed."""
        older = [number for number in numbers if number < 0]
        if older:
            MetadataStore(self.data).put(map(paper_of, older))
            self._put_vectors(older)
        names = [_id_of(number) for number in numbers]
        self.ratings.append(
            Rating(f"{label} {name} {at}", name, self.user, label, source, self.user, 1.0, at) for name in names
        )

    def find_walks(self, *numbers: int) -> None:
        """The person comes upon papers three hours after they competed."""
        for number in numbers:
            self.rate("like", number, at=self.start + timedelta(days=number // A_DAY, hours=3), source="import")

    def follow(self, kind: str, value: str, at: datetime = MONDAY) -> None:
        FollowStore(self.data).put(Follow.model_validate({"user": self.user, "kind": kind, "value": value, "at": at}))

    def _put_vectors(self, numbers: range | list[int]) -> None:
        matrix = np.stack([_vector(number) for number in numbers])
        ids = [_id_of(number) for number in numbers]
        embedded = Embedded(ids, matrix, [f"hash {name}" for name in ids], "test", MONDAY)
        VectorWriter(self.data, "test", Recipe("test", "main", 8, 256)).put(embedded)

    def _candidates(self, moment: datetime, day: int) -> list[Candidate]:
        return [
            candidate(day * A_DAY + place, place + 1, moment, self.user, is_picked=place < 3) for place in range(A_DAY)
        ]


def candidate(number: int, rank: int, moment: datetime, user: str = "me", *, is_picked: bool = False) -> Candidate:
    day: date = moment.date()
    return Candidate(
        paper_id=paper_id(number),
        user=user,
        day=day,
        run_id=f"run-{moment:%j}",
        score=0.95 - 0.02 * rank,
        rank=rank,
        outcome="picked" if is_picked else "below_quota",
        slot="top" if is_picked else "",
        made_at=moment,
    )


def paper_of(number: int) -> Paper:
    is_walk = number in WALKS
    at = MONDAY + timedelta(days=number // A_DAY)
    return Paper(
        paper_id=_id_of(number),
        version=1,
        title=f"Quantum walks on lattices {number}" if is_walk else f"Sparse graphs {number}",
        abstract="We study their mixing time." if is_walk else "We study their cuts.",
        authors=("Ada Walker", f"Guest {number}") if number in WALKS[:3] else (f"Author {number}",),
        categories=("cs.LG",),
        primary_category="cs.LG",
        published_at=at,
        updated_at=at,
    )


def _id_of(number: int) -> str:
    return paper_id(number) if number >= 0 else f"2608.{-number:05}"


def _vector(number: int) -> np.ndarray:
    vector = np.random.default_rng(abs(number) + 1).normal(0, 0.1, 8)
    vector[1 if number in WALKS else 0] += 1
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
