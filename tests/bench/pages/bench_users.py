"""Many people on one system: the day's ranking for all of them, and a page of one beside a system of one's own.

python -m tests.bench.pages.bench_users [--users 200] [--ratings 50] [--papers 20000] [--day 1000]

Prints a table and JSON; seconds of a processor are what it takes where nothing else runs, at most.
"""

import argparse
import asyncio
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from services.publisher.records.records import Records, picks_of
from services.ranker.components import Ranker, build
from services.ranker.settings import Settings
from shared.contracts import EmbeddingsReady, PapersSelected
from shared.settings.settings import DataSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.preferences import Rating, RatingStore
from shared.store.people.users import UserStore
from shared.store.vectors.embeddings import Recipe
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.support.bus.in_memory import FakeBus

DAY = date(2026, 11, 2)
MORNING = datetime(2026, 11, 2, 8, tzinfo=UTC)
DIMENSION, TOPICS, WORDS = 384, 100, 150
PER_EVENT = 500


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--users", type=int, default=200)
    arguments.add_argument("--ratings", type=int, default=50)
    arguments.add_argument("--papers", type=int, default=20_000)
    arguments.add_argument("--day", type=int, default=1_000)
    asked = arguments.parse_args()
    figures = {}
    for users in (1, asked.users):
        with tempfile.TemporaryDirectory() as folder:
            data = DataFolder(Path(folder), 0)
            fill(data, asked.papers + 3 * asked.day, users, asked.ratings)
            figures[str(users)] = measured(data, asked.papers, asked.day)
    for name in figures["1"]:
        print(f"{name:48}" + "".join(f"{figures[users][name]:>12.2f}" for users in figures))
    print(f"load {os.getloadavg()[0]:.1f}, users: {', '.join(figures)}")
    print(json.dumps({"bench": "users", "figures": figures}))


def measured(data: DataFolder, known: int, size: int) -> dict[str, float]:
    """Three days: models are fitted on the first, stand in memory on the second, on disk on the third."""
    ids = [paper_id(number) for number in range(known + 3 * size)]
    settings = Settings(data=DataSettings(path=data.root, min_free_mb=0))
    ranker, bus = started(settings)
    figures = {}
    for number, what in enumerate(("models fitted anew", "models known", "models known, new process")):
        if number == 2:
            ranker, bus = started(settings)
        fresh = ids[known + number * size : known + (number + 1) * size]
        day = DAY + timedelta(days=number)
        before = time.process_time()
        figures[f"the day for all, {what}, s"] = seconds(lambda: rank(ranker, bus, day, fresh))  # noqa: B023
        figures[f"the same, {what}, s of one processor"] = time.process_time() - before
    picked = [event for event in bus.published if isinstance(event, PapersSelected)]
    figures["picks of the last day"] = len(picked)
    figures["different papers among them"] = len({event.paper_ids[0] for event in picked})
    name = UserStore(data).names()[-1]
    records = Records(data, "minilm").of(name)
    figures["one person's picks of a day, read first, ms"] = 1e3 * seconds(lambda: picks_of(records.candidates(DAY)))
    figures["again, ms"] = 1e3 * seconds(lambda: picks_of(records.candidates(DAY)))
    figures["one person's days, ms"] = 1e3 * min(seconds(records.days) for _ in range(5))
    figures["one paper's past for one person, ms"] = 1e3 * min(seconds(lambda: records.outcomes(ids[-1])) for _ in "12")
    figures["a rating read and learned from, ms"] = 1e3 * seconds(lambda: rated(data, ranker, name, ids[0]))
    figures["peak memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def started(settings: Settings) -> tuple[Ranker, FakeBus]:
    bus = FakeBus()
    ranker = build(settings, bus)
    ranker.arrival_log.load()
    return ranker, bus


def rank(ranker: Ranker, bus: FakeBus, day: date, ids: list[str]) -> None:
    async def deliver() -> None:
        for start in range(0, len(ids), PER_EVENT):
            last = start + PER_EVENT >= len(ids)
            event = EmbeddingsReady(
                paper_ids=tuple(ids[start : start + PER_EVENT]),
                model="minilm",
                run_id=f"run-{day}",
                day=day,
                last=last,
                run_size=len(ids) if last else None,
            )
            await ranker.daily.note(event)

    asyncio.run(deliver())


def rated(data: DataFolder, ranker: Ranker, user: str, paper: str) -> None:
    RatingStore(data).append([rating(user, paper, "like", 10_000)])
    asyncio.run(ranker.learner.current(user))


def fill(data: DataFolder, papers: int, users: int, ratings: int) -> None:
    rng = np.random.default_rng(0)
    axes = rng.normal(size=(TOPICS, DIMENSION)) / np.sqrt(DIMENSION)
    ids = [paper_id(number) for number in range(papers)]
    topics = np.arange(papers) % TOPICS
    vectors = (axes[topics] + 0.9 * rng.normal(size=(papers, DIMENSION)) / np.sqrt(DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    writer = VectorWriter(data, "minilm", Recipe("bench", "main", DIMENSION, 256))
    writer.put(Embedded(ids, vectors, [f"text {name}" for name in ids], "bench", MORNING))
    MetadataStore(data).put(paper(name, int(topic), rng) for name, topic in zip(ids, topics, strict=True))
    store = UserStore(data)
    names = ["me", *(store.add(f"person-{number}")[0].name for number in range(users - 1))]
    RatingStore(data).append(ratings_of(names, ratings, papers // 2, rng))


def ratings_of(names: Iterable[str], count: int, papers: int, rng: np.random.Generator) -> list[Rating]:
    made = []
    for name in names:
        own = rng.choice(TOPICS, 3, replace=False)
        for number in range(count):
            row = int(rng.integers(papers // TOPICS)) * TOPICS + int(own[number % 3])
            made.append(rating(name, paper_id(row), "dislike" if number % 5 == 4 else "like", number))
    return made


def rating(user: str, paper: str, label: str, minutes: int) -> Rating:
    occurred_at = MORNING - timedelta(days=60) + timedelta(minutes=minutes)
    return Rating(f"{user} {paper} {minutes}", paper, user, label, "bench", user, 1.0, occurred_at)  # type: ignore[arg-type]


def paper(name: str, topic: int, rng: np.random.Generator) -> Paper:
    words = rng.zipf(1.3, WORDS) % 5_000
    text = " ".join(f"word{'abcdefghij'[word % 10]}{word}x" for word in words)
    return Paper(
        paper_id=name,
        version=1,
        title=f"A paper on topic {topic}",
        abstract=f"topic{'abcdefghij'[topic % 10]}ness {text}",
        authors=(f"Author {topic}",),
        categories=("cs.LG",),
        primary_category="cs.LG",
        published_at=MORNING,
        updated_at=MORNING,
    )


def paper_id(number: int) -> str:
    return f"26{1 + number // 3_000:02}.{number % 3_000 + 1:05}"


def seconds(work: Callable[[], object]) -> float:
    started_at = time.perf_counter()
    work()
    return time.perf_counter() - started_at


if __name__ == "__main__":
    main()
