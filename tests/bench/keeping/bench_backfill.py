"""A large backfill through the ranker: memory, bytes written, time. Prints a table and JSON; asserts nothing.

python -m tests.bench.keeping.bench_backfill [--papers 300000] [--folder DIR]     a folder is kept, and used again

All papers arrive in one run that nothing marks as a backfill, as before there was such a mark. The plain alternative
writes all that is known of the run at each event, and is worked out, not run.
"""

import argparse
import asyncio
import json
import os
import shutil
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from services.ranker.components import Ranker, build
from services.ranker.settings import RankerSettings, Settings
from services.ranker.subscribers import register
from shared.contracts import MAX_PAPERS_PER_EVENT, EmbeddingsReady, Label
from shared.settings.settings import DataSettings, EmbeddingSettings, ModelSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import Rating, RatingStore
from tests.bench.asking.bench_search import DIMENSION, Vocabulary, alone, memory_mb, paper_id, store_papers
from tests.support.bus.in_memory import FakeBus

DAY = date(2025, 12, 31)
LIKES, DISLIKES = 40, 20
_BYTES_A_PAPER = 15
"""Of an id with quotes, comma and end of line."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--papers", type=int, default=300_000)
    arguments.add_argument("--folder", type=Path)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        alone(prepare, asked.papers, folder)
        report(asked.papers, alone(run, asked.papers, folder))


def prepare(papers: int, folder: Path) -> None:
    """Papers, vectors and ratings, where they are not there yet; what an earlier run made is taken away."""
    data = DataFolder(folder, 0)
    if MetadataStore(data).count() < papers:
        store_papers(data, Vocabulary(), papers)
        RatingStore(data).append(rating(number, papers) for number in range(LIKES + DISLIKES))
    for made in ("state", "selections"):
        shutil.rmtree(data.path(made), ignore_errors=True)


def rating(number: int, papers: int) -> Rating:
    label: Label = "like" if number < LIKES else "dislike"
    at = datetime(2025, 12, 1, tzinfo=UTC) + timedelta(hours=number)
    name = paper_id(number * (papers // 100), papers)
    return Rating(f"rating-{number}", name, "me", label, "bench", "me", 1.0, at)


def run(papers: int, folder: Path) -> dict[str, Any]:
    """Hand the ranker all events of the run; the last one brings its selection."""
    ranker, bus = opened(folder)
    before, written, started = memory_mb(), bytes_written(), time.perf_counter()
    asyncio.run(deliver(bus, papers, last=False))
    noted, arrivals, events = memory_mb(), bytes_written() - written, time.perf_counter() - started
    started = time.perf_counter()
    asyncio.run(deliver(bus, papers, last=True))
    after = memory_mb()
    return {
        "before_mb": before["anonymous_mb"],
        "noted_mb": noted["anonymous_mb"],
        "peak_mb": after["peak_mb"],
        "events_seconds": events,
        "selection_seconds": time.perf_counter() - started,
        "arrivals_written_mb": arrivals / 1e6,
        "written_mb": (bytes_written() - written) / 1e6,
        "candidates": len(ranker.selections.read(DAY, "backfill")),
        "picked": len(bus.published),
    }


def opened(folder: Path) -> tuple[Ranker, FakeBus]:
    model = ModelSettings(name="bench", dimension=DIMENSION)
    settings = Settings(
        data=DataSettings(path=folder, min_free_mb=0),
        embedding=EmbeddingSettings(model="bench", models={"bench": model}),
        ranker=RankerSettings(),
    )
    bus = FakeBus()
    ranker = build(settings, bus)
    register(bus, ranker.daily, ranker.learner, ranker.answers)
    ranker.arrival_log.load()
    return ranker, bus


async def deliver(bus: FakeBus, papers: int, *, last: bool) -> None:
    """All events of the run but the last one, or that one."""
    starts = range(0, papers, MAX_PAPERS_PER_EVENT)
    for start in starts[-1:] if last else starts[:-1]:
        ids = tuple(paper_id(number, papers) for number in range(start, min(papers, start + MAX_PAPERS_PER_EVENT)))
        size = papers if last else None
        event = EmbeddingsReady(paper_ids=ids, model="bench", run_id="backfill", day=DAY, last=last, run_size=size)
        await bus.deliver(event)


def bytes_written() -> int:
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(lines["wchar"])


def report(papers: int, figures: dict[str, Any]) -> None:
    events = -(-papers // MAX_PAPERS_PER_EVENT)
    plain_mb = events * papers / 2 * _BYTES_A_PAPER / 1e6
    print(f"{papers:,} papers in {events} events, load {os.getloadavg()[0]:.1f}")
    for name, value in figures.items():
        print(f"{name:22} {value:10.1f}")
    print(f"{'plain: written whole':22} {plain_mb:10.1f} MB, x{plain_mb / figures['arrivals_written_mb']:.0f}")
    print(json.dumps({"bench": "backfill", "papers": papers, "plain_written_mb": plain_mb, **figures}))


if __name__ == "__main__":
    main()
