"""A small world for the ranker's tests: papers of a few topics with vectors, in a data folder of the test's own."""

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from services.ranker.components import Ranker, build
from services.ranker.learning.taste import Taste
from services.ranker.search.meaning_floor import UNANSWERED
from services.ranker.settings import RankerSettings, Settings
from services.ranker.subscribers import register
from shared.contracts import EmbeddingsReady, Encode, EncodeReply, Event, PapersSelected
from shared.settings.settings import DataSettings, EmbeddingSettings, ModelSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.preferences import Rating, RatingStore
from shared.store.selections import Candidate, SelectionStore
from shared.store.vectors.embeddings import Matrix, Recipe, VectorStore
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.support.bus.in_memory import FakeBus

DAY = date(2026, 11, 2)
MORNING = datetime(2026, 11, 2, 8, tzinfo=UTC)
DIMENSION = 16
TOPICS = ("graphs", "proteins", "galaxies", "markets")


class Clock:
    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_seconds(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def paper_id(number: int) -> str:
    return f"2611.{number:05}"


def topic_vector(topic: int, number: int, dimension: int = DIMENSION) -> Matrix:
    """A vector of length 1 near its topic's axis; the same for the same number."""
    vector = np.random.default_rng(number).normal(0, 0.12, dimension)
    vector[topic] += 1
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def ready_event(numbers: range) -> EmbeddingsReady:
    ids = tuple(map(paper_id, numbers))
    return EmbeddingsReady(paper_ids=ids, model="test", run_id="run-1", day=DAY, last=True, run_size=len(ids))


class World:
    """Paper `n` is of topic `n % 4`."""

    def __init__(self, folder: Path, *, dimension: int = DIMENSION, **settings: object) -> None:
        self.data = DataFolder(folder, 0)
        self.dimension = dimension
        model = ModelSettings(name="test", dimension=dimension)
        self.settings = Settings(
            data=DataSettings(path=folder, min_free_mb=0),
            embedding=EmbeddingSettings(model="test", models={"test": model}),
            ranker=RankerSettings.model_validate({"per_day": 3, "explore": 0, "regression_from": 25, **settings}),
        )
        self.clock = Clock()
        self.bus = FakeBus()
        self.bus.answers[Encode] = self._encode
        self.metadata, self.ratings, self.selections = (
            MetadataStore(self.data),
            RatingStore(self.data),
            SelectionStore(self.data),
        )
        self.vectors = VectorStore(self.data, "test")
        self.refits: list[Taste] = []
        self.ranker = self.start()
        self._numbers = itertools.count()

    def start(self) -> Ranker:
        """A ranker as a new process would build it, over the same data; it takes the place of the one before."""
        self.ranker = build(self.settings, self.bus, self.clock, self.refits.append)
        register(self.bus, self.ranker.daily, self.ranker.learner, self.ranker.answers)
        self.ranker.arrival_log.load()
        return self.ranker

    def add_papers(self, *numbers: int, withdrawn: bool = False, vectors: Matrix | None = None) -> list[str]:
        """Store metadata and vectors; returns the ids."""
        self.add_metadata(*numbers, withdrawn=withdrawn)
        matrix = np.array([topic_vector(n % 4, n, self.dimension) for n in numbers]) if vectors is None else vectors
        ids = [paper_id(number) for number in numbers]
        recipe = Recipe("test", "main", self.dimension, 256)
        embedded = Embedded(ids, matrix, [f"hash {number}" for number in numbers], "test", MORNING)
        VectorWriter(self.data, "test", recipe).put(embedded)
        return ids

    def add_metadata(self, *numbers: int, withdrawn: bool = False) -> None:
        self.metadata.put(
            Paper(
                paper_id=paper_id(number),
                version=1,
                title=f"Paper {number} on {TOPICS[number % 4]}",
                abstract=f"We study {TOPICS[number % 4]} of kind {number}.",
                authors=("A. Author",),
                categories=("cs.LG",),
                primary_category="cs.LG",
                published_at=MORNING - timedelta(days=number % 7),
                updated_at=MORNING,
                withdrawn=withdrawn,
            )
            for number in numbers
        )

    def say(self, label: str, *numbers: int, user: str = "me") -> None:
        """Store ratings, as the feedback service does."""
        self.ratings.append(
            Rating(
                event_id=f"rating-{next(self._numbers)}",
                paper_id=paper_id(number),
                user=user,
                label=label,  # type: ignore[arg-type]
                source="test",
                actor=user,
                weight=1.0,
                occurred_at=MORNING + timedelta(seconds=next(self._numbers)),
            )
            for number in numbers
        )

    async def deliver(self, *numbers: int, **facts: object) -> EmbeddingsReady:
        """Hand the ranker an event that says these papers have a vector, as the last part of a run of their size."""
        ids = tuple(paper_id(number) for number in numbers)
        values = {"run_id": "run-1", "day": DAY, "last": True, "run_size": len(ids), **facts}
        event = EmbeddingsReady.model_validate({"event_id": f"e-{values}", "paper_ids": ids, "model": "test", **values})
        await self.bus.deliver(event.model_copy(update={"event_id": event.event_id[:100]}))
        return event

    @property
    def picked(self) -> list[str]:
        """The ids of all picks that were published, in order, repeats included."""
        return [one for event in self.selected_events for one in event.paper_ids]

    @property
    def selected_events(self) -> list[PapersSelected]:
        events: list[Event] = self.bus.published
        return [event for event in events if isinstance(event, PapersSelected)]

    def outcomes(self, day: date = DAY) -> dict[str, str]:
        return {one.paper_id: one.outcome for one in self.selections.day(day)}

    def candidates(self, day: date = DAY) -> dict[str, Candidate]:
        return {one.paper_id: one for one in self.selections.day(day)}

    def _encode(self, request: Encode) -> EncodeReply:
        """A text is of the topic whose name it has; what no paper answers is of one that no paper is of."""
        topics = [
            next((n for n, name in enumerate(TOPICS) if name in text), -1 if text in UNANSWERED else 0)
            for text in request.texts
        ]
        rows = [tuple(map(float, np.eye(self.dimension)[topic])) for topic in topics]
        return EncodeReply(model="test", vectors=tuple(rows))
