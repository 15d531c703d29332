"""A person whose taste is known, over some days of papers, and two embedding models: one sees topics, one noise."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from services.ranker.components import build
from services.ranker.settings import RankerSettings, Settings
from shared.contracts import Label
from shared.settings.settings import DataSettings, EmbeddingSettings, ModelSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.preferences import Rating, RatingStore
from shared.store.selections import Candidate, SelectionStore
from shared.store.vectors.embeddings import Matrix, Recipe
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.support.bus.in_memory import FakeBus

DIMENSION = 16
FIRST_MORNING = datetime(2026, 11, 2, 8, tzinfo=UTC)
A_DAY = 30
_TOPICS = 6


def paper_id(number: int) -> str:
    return f"2611.{number:05}"


def topic_of(number: int) -> int:
    return number % _TOPICS


class ReplayedDays:
    """`days` days of thirty papers; in the evening the person likes two papers of topic 0, shown or not."""

    def __init__(self, folder: Path, *, stands: str, days: int = 8, **settings: object) -> None:
        self.data = DataFolder(folder, 0)
        models = {name: ModelSettings(name=name, dimension=DIMENSION) for name in ("topics", "noise")}
        self.settings = Settings(
            data=DataSettings(path=folder, min_free_mb=0),
            embedding=EmbeddingSettings(model=stands, models=models),
            ranker=RankerSettings.model_validate({"per_day": 5, "explore": 1, "audit": 0, **settings}),
        )
        self.days = [FIRST_MORNING + timedelta(days=number) for number in range(days)]
        self.now = self.days[0]
        self.ratings, self.selections = RatingStore(self.data), SelectionStore(self.data)
        self._ranker = build(self.settings, FakeBus(), lambda: self.now)
        with threadpool_limits(1, "blas"):
            for number, morning in enumerate(self.days):
                self._live_through(number, morning)

    def numbers(self, day: int) -> range:
        return range(day * A_DAY, (day + 1) * A_DAY)

    def put_vectors(self, data: DataFolder, alias: str, numbers: Sequence[int]) -> None:
        """What the model of an alias makes of papers."""
        matrix = np.stack([vector_of(alias, number) for number in numbers])
        ids = [paper_id(number) for number in numbers]
        embedded = Embedded(ids, matrix, [f"hash {one}" for one in ids], "test", FIRST_MORNING)
        VectorWriter(data, alias, Recipe(alias, "main", DIMENSION, 256)).put(embedded)

    def rate(self, label: Label, number: int, at: datetime) -> None:
        name = paper_id(number)
        self.ratings.append([Rating(f"{label} {name} {at}", name, "me", label, "test", "me", 1.0, at)])

    def _live_through(self, day: int, morning: datetime) -> None:
        self.now = morning
        numbers = self.numbers(day)
        MetadataStore(self.data).put([_paper(number, morning) for number in numbers])
        self.put_vectors(self.data, self.settings.embedding.model, numbers)
        self.selections.write(morning.date(), f"run-{day}", self._selected(morning.date(), f"run-{day}", numbers))
        evening = morning + timedelta(hours=12)
        for number in [number for number in numbers if topic_of(number) == 0][:2]:
            self.rate("like", number, evening)

    def _selected(self, day: date, run_id: str, numbers: Sequence[int]) -> list[Candidate]:
        taste = self._ranker.learner.learn_if_stale("me")
        return self._ranker.selector.select(taste, day, run_id, [paper_id(number) for number in numbers])


def vector_of(alias: str, number: int) -> Matrix:
    vector = np.random.default_rng(number + 1).normal(0, 0.15 if alias == "topics" else 1.0, DIMENSION)
    vector[topic_of(number)] += alias == "topics"
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def _paper(number: int, morning: datetime) -> Paper:
    return Paper(
        paper_id=paper_id(number),
        version=1,
        title=f"Study {number}",
        abstract="We report what was measured.",
        authors=("A. Author",),
        categories=("cs.LG",),
        primary_category="cs.LG",
        published_at=morning,
        updated_at=morning,
    )
