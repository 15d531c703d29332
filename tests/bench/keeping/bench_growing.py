"""1, 100, 10,000 people; 1,000 and 20,000 papers a day: what a day takes, by simulation. Prints a table and JSON.

python -m tests.bench.keeping.bench_growing [--people 10]

Measured here, for some people: ranking a day for each, and what is written of it. Simulated: how many different papers
people pick. Taken from docs/benches.md, and named below: embedding, pages, ratings. Worked out: the rest. One processor
is meant where seconds stand; asserts nothing.
"""

import argparse
import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from services.ranker.settings import Settings
from shared.settings.settings import DataSettings
from shared.store.files.data_folder import DataFolder
from tests.bench.pages.bench_users import DAY, fill, paper_id, rank, started

PICKS, RATINGS_A_DAY, PAGES_A_DAY = 10, 5, 30
CAP = 15_000
"""So many papers compete in one selection at most."""
EMBED_SECONDS = 2 / 54
"""Of a processor a paper, int8 on two cores (docs/benches.md)."""
PAGE_SECONDS, RATING_SECONDS = 0.021, 0.016
"""A page's median; a rating stored and learned from, 1,000 in 16 s."""
READ_SECONDS = {"without a model": 2.0, "by a server that takes 8 calls of 60 s": 60 / 8}
"""A summary, by the clock."""
PASSAGES, PASSAGE_SECONDS, PASSAGE_BYTES, PASSAGE_MEMORY = 20, 0.067, 79e6 / 40_000, 267e6 / 42_961
"""Of a paper that was read; seconds, bytes on disk, and in a process that has opened them (docs/benches.md)."""
VECTOR_BYTES, METADATA_BYTES = 4 * 384 + 100, 2_000
DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class RankingCost:
    """Of one person's day: seconds with a model that is known, and fitted anew; bytes of the selection."""

    known: float
    fitted: float
    bytes: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=10)
    people = arguments.parse_args().people
    rankings = {size: ranking_cost(people, size) for size in (1_000, CAP)}
    rows = {
        f"{users:,} people, {papers:,} papers a day": day_of(users, papers, rankings)
        for papers in (1_000, 20_000)
        for users in (1, 100, 10_000)
    }
    for size, cost in rankings.items():
        print(f"ranking {size:,} papers for one person: {asdict(cost)}")
    for name, figures in rows.items():
        print(f"\n{name}")
        for what, value in figures.items():
            print(f"  {what:58}{value:>14,.1f}")
    print(json.dumps({"bench": "growing", "load": os.getloadavg()[0], "rows": rows}))


def ranking_cost(people: int, size: int) -> RankingCost:
    """Measured for some people, of two days: models are fitted on the first and known on the second."""
    known = 2_000
    with tempfile.TemporaryDirectory() as folder:
        data = DataFolder(Path(folder), 0)
        fill(data, known + 2 * size, people, 50)
        ranker, bus = started(Settings(data=DataSettings(path=data.root, min_free_mb=0)))
        seconds = []
        for number in range(2):
            before = time.process_time()
            fresh = [paper_id(known + number * size + place) for place in range(size)]
            rank(ranker, bus, DAY + timedelta(days=number), fresh)
            seconds.append((time.process_time() - before) / people)
        written = sum(path.stat().st_size for path in data.path("selections").rglob("*.parquet"))
    return RankingCost(known=seconds[1], fitted=seconds[0], bytes=written / 2 / people)


def different_picks(users: int, papers: int, topics: int = 100) -> int:
    """How many papers are picked by at least one: each likes three topics, by Zipf, and the better of their papers."""
    rng = np.random.default_rng(0)
    popularity = 1 / np.arange(1, topics + 1)
    popularity /= popularity.sum()
    topic_of, quality = rng.choice(topics, papers, p=popularity), rng.normal(size=papers)
    picked = np.zeros(papers, bool)
    for _ in range(users):
        taste = np.zeros(topics)
        taste[rng.choice(topics, 3, replace=False, p=popularity)] = rng.uniform(1, 3, 3)
        score = taste[topic_of] + 0.5 * quality + 0.5 * rng.normal(size=papers)
        picked[np.argpartition(-score, PICKS)[:PICKS]] = True
    return int(picked.sum())


def day_of(users: int, papers: int, rankings: dict[int, RankingCost]) -> dict[str, float]:
    """What one day takes."""
    ranking, read = rankings[1_000 if papers <= 1_000 else CAP], different_picks(users, papers)
    busiest_hour = 0.2 * users * PAGES_A_DAY / 3_600
    return {
        "embedding, s": papers * EMBED_SECONDS,
        "ranking, models known, s": users * ranking.known,
        "ranking, models fitted anew, s": users * ranking.fitted,
        "different papers picked": read,
        **{f"reading them {how}, h": read * seconds / 3_600 for how, seconds in READ_SECONDS.items()},
        "passages cut and embedded, s": read * PASSAGES * PASSAGE_SECONDS,
        "passages, MB a day": read * PASSAGES * PASSAGE_BYTES / 1e6,
        "memory for a year's passages after a start, GB": 365 * read * PASSAGES * PASSAGE_MEMORY / 1e9,
        "ratings stored and learned from, s": users * RATINGS_A_DAY * RATING_SECONDS,
        "pages in the busiest hour, share of a processor, %": 100 * busiest_hour * PAGE_SECONDS,
        "selections, MB a day": users * ranking.bytes / 1e6,
        "metadata and vectors, MB a day": papers * (VECTOR_BYTES + METADATA_BYTES) / 1e6,
        "papers left for the next day's selection": max(0, papers - CAP),
    }


if __name__ == "__main__":
    main()
