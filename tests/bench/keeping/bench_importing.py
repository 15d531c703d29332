"""Ten thousand ratings imported into a data folder of many papers, by id and by title, and once more.

python -m tests.bench.keeping.bench_importing [--ratings 10000] [--papers 50000]

Prints a table and JSON; seconds of a processor are what it takes where nothing else runs, at most.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from services.feedback.importing.importer import ImportPlan, RatingImporter
from services.feedback.importing.planning import Terms
from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.preferences import RatingStore
from shared.text.rating_files.reading import read_rating_text

T = TypeVar("T")
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
MONTHS = 24


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ratings", type=int, default=10_000)
    parser.add_argument("--papers", type=int, default=50_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = DataFolder(Path(folder), 0)
        ids = [paper_id(number, options.papers) for number in range(options.papers)]
        MetadataStore(data).put([paper(each, number) for number, each in enumerate(ids)])
        figures = measure(data, ids, options.ratings)
    for name, (wall, cpu) in figures.items():
        print(f"{name:<46} {wall:7.2f} s {cpu:7.2f} s of a processor")
    print(json.dumps({"ratings": options.ratings, "papers": options.papers, "seconds": figures}))


def measure(data: DataFolder, ids: list[str], count: int) -> dict[str, tuple[float, float]]:
    """Wall and processor seconds of each way."""
    text = "id,preference,rated_at\n" + "".join(
        f"{each.rstrip('0')},{('like', 'dislike')[number % 2]},{(FIRST_DAY + timedelta(minutes=number)).isoformat()}\n"
        for number, each in enumerate(ids[:count])
    )
    titles = "title,preference\n" + "".join(f"{title(number + 7)},like\n" for number in range(count))
    figures = {
        "by id, a tenth of them damaged": timed(lambda: run(data, text)),
        "the same once more": timed(lambda: run(data, text)),
        "by title": timed(lambda: run(data, titles)),
        "titles that no paper has": timed(lambda: run(data, titles.replace("Theorem", "Conjecture"))),
    }
    print(f"{RatingStore(data).count():,} ratings stored")
    return {name: (wall, cpu) for name, (wall, cpu, _) in figures.items()}


def run(data: DataFolder, text: str) -> ImportPlan:
    importer = RatingImporter(data)
    plan = importer.plan([read_rating_text(text, "bench.csv")], Terms("me", now()))
    importer.store(plan)
    return plan


def timed(work: Callable[[], T]) -> tuple[float, float, T]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return round(time.perf_counter() - wall, 2), round(time.process_time() - cpu, 2), result


def paper_id(number: int, papers: int) -> str:
    month, place = divmod(number, -(-papers // MONTHS))
    return f"{24 + month // 12}{1 + month % 12:02}.{place + 1:05}"


def title(number: int) -> str:
    return f"Theorem {number} on sparse graphs of degree {number % 97} and their spectra"


def paper(each: str, number: int) -> Paper:
    return Paper(each, 1, title(number), "An abstract. " * 80, ("A. Author",), ("math.CO",), "math.CO", FIRST_DAY, None)


if __name__ == "__main__":
    main()
