"""Search over many papers against the plain alternative in the same run. Prints a table and JSON; asserts nothing.

`python -m tests.bench.asking.bench_search [--papers 100000] [--folder DIR] [--rounds 1]`; a folder is kept, and used
again.

Of several rounds the fastest time of each question counts: on a machine that does other work too.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from services.ranker.components import build_searchers
from services.ranker.search.searcher import Searcher, SearchUser
from shared.contracts import Encode, EncodeReply, Search
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.vectors.embeddings import Recipe, VectorStore
from shared.store.vectors.snapshot import SnapshotKeeper
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.support.bus.in_memory import FakeBus

DIMENSION = 384
WORDS = 40_000
BATCH = 20_000
QUERIES = 40
CATEGORIES = (
    "cs.LG",
    "cs.CL",
    "cs.CV",
    "math.CO",
    "math.PR",
    "hep-th",
    "astro-ph.GA",
    "q-bio.BM",
    "stat.ML",
    "eess.IV",
)
RECIPE = Recipe("bench", "1", DIMENSION, 256)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--papers", type=int, default=100_000)
    arguments.add_argument("--folder", type=Path)
    arguments.add_argument("--rounds", type=int, default=1)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        bench(asked.papers, DataFolder(asked.folder or Path(temporary), 0), asked.rounds)


def bench(papers: int, data: DataFolder, rounds: int) -> None:
    """Each part in a process of its own, so that its memory is its own."""
    building = alone(build, papers, data.root)
    rows, first, memory = alone(search_times, papers, data.root, rounds)
    plain, plain_memory = alone(plain_times, data.root)
    size = sum(path.stat().st_size for path in data.path("state", "search", "words").iterdir()) / 1e6
    facts = {"index_seconds": building, "first_seconds": first, "index_mb": size}
    memory |= {f"plain_{name}": value for name, value in plain_memory.items()}
    report(papers, rows, plain, facts | memory)


def alone(work: Callable[..., Any], *arguments: object) -> Any:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def build(papers: int, folder: Path) -> float:
    """Store the papers where they are not there yet; the seconds that indexing their words took."""
    data = DataFolder(folder, 0)
    if MetadataStore(data).count() < papers:
        store_papers(data, Vocabulary(), papers)
    SnapshotKeeper(data, "bench").refresh()
    searcher, _ = build_searchers(data, "bench", FakeBus())
    return seconds_of(searcher.updater.refresh)


def search_times(papers: int, folder: Path, rounds: int) -> tuple[dict[str, np.ndarray], float, dict[str, float]]:
    """Seconds of each kind of question, of the very first one, and the memory that was needed."""
    vocabulary, bus = Vocabulary(), FakeBus()
    bus.answers[Encode] = lambda request: EncodeReply(model="bench", vectors=tuple(map(as_vector, request.texts)))
    searcher, _ = build_searchers(DataFolder(folder, 0), "bench", bus)
    queries = [vocabulary.query(number) for number in range(QUERIES)]
    kinds: dict[str, Callable[[str], Search]] = {
        "words and meaning": lambda text: Search(query=text),
        "of one category": lambda text: Search(query=text, categories=("math.CO",)),
        "of one archive": lambda text: Search(query=text, categories=("cs",)),
        "of ninety days": lambda text: Search(query=text, since=date(2020, 3, 1), until=date(2020, 5, 30)),
        "of one author": lambda text: Search(query=text, author=vocabulary.words[200]),
        "without a word": lambda text: Search(query=f"{text} -{vocabulary.words[3]}"),
        "a phrase": lambda text: Search(query=f'"{vocabulary.words[len(text)]} {vocabulary.words[len(text) + 1]}"'),
        "newest first": lambda text: Search(query=text, order="date"),
        "not seen": lambda text: Search(query=text, seen=False),
        "more like three": lambda text: Search(like=tuple(vocabulary.some_ids(text, papers))),
    }
    seen = {paper_id(int(number), papers) for number in np.random.default_rng(1).integers(0, papers, 5_000)}
    before = memory_mb()["anonymous_mb"]
    first = seconds_of(lambda: asyncio.run(searcher.search(kinds["words and meaning"](queries[0]), SearchUser())))
    user = SearchUser(seen=frozenset(seen))
    rows = {name: times(searcher, [kind(text) for text in queries], user, rounds) for name, kind in kinds.items()}
    return rows, first, memory_mb() | {"before_mb": before}


def memory_mb() -> dict[str, float]:
    """This process's memory: what is its own, and what is a file's, shared with others and given back when wanted."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    kinds = {"anonymous_mb": "RssAnon", "mapped_mb": "RssFile", "peak_mb": "VmHWM"}
    return {name: int(lines[kind].split()[0]) / 1024 for name, kind in kinds.items()}


class Vocabulary:
    """Made-up words, as common as words are (Zipf), and papers and queries of them."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        letters = np.array(list("bcdfghklmnprstvz")), np.array(list("aeiou"))
        shapes = [(rng.choice(letters[0], 4), rng.choice(letters[1], 4)) for _ in range(WORDS)]
        self.words = ["".join(a + b for a, b in zip(*shape, strict=True)) for shape in shapes]
        weights = 1 / np.arange(8, WORDS + 8)
        self.cumulated = np.cumsum(weights / weights.sum())

    def texts(self, rng: np.random.Generator, count: int, length: int) -> list[str]:
        drawn = np.searchsorted(self.cumulated, rng.random((count, length)))
        return [" ".join([self.words[one] for one in row]) for row in drawn.tolist()]

    def query(self, number: int) -> str:
        """One to six words; every third query has only very common ones."""
        rng = np.random.default_rng(number)
        if number % 3 == 0:
            return " ".join(self.words[one] for one in rng.integers(0, 60, 1 + number % 4))
        return self.texts(rng, 1, 1 + number % 6)[0]

    def some_ids(self, text: str, papers: int) -> Iterator[str]:
        rng = np.random.default_rng(len(text))
        return (paper_id(int(number), papers) for number in rng.integers(0, papers, 3))


def paper_id(number: int, papers: int) -> str:
    """Papers are spread over the months of ten years."""
    months = 120
    month = number * months // papers
    return f"{16 + month // 12:02}{1 + month % 12:02}.{number - -(-month * papers // months):05}"


def store_papers(data: DataFolder, vocabulary: Vocabulary, papers: int) -> None:
    metadata, writer = MetadataStore(data), VectorWriter(data, "bench", RECIPE)
    for start in range(0, papers, BATCH):
        rng = np.random.default_rng(start)
        numbers = range(start, min(papers, start + BATCH))
        ids = [paper_id(number, papers) for number in numbers]
        titles, abstracts = vocabulary.texts(rng, len(ids), 9), vocabulary.texts(rng, len(ids), 140)
        metadata.put(
            Paper(one, 1, title, abstract, ("A. Author", title.split()[0]), (category,), category, day, day)
            for one, title, abstract, category, day in zip(
                ids, titles, abstracts, rng.choice(CATEGORIES, len(ids)).tolist(), map(day_of, ids), strict=True
            )
        )
        vectors = rng.standard_normal((len(ids), DIMENSION), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        writer.put(Embedded(ids, vectors, [""] * len(ids), "bench", datetime(2026, 1, 1, tzinfo=UTC)))


def day_of(one: str) -> datetime:
    return datetime(2000 + int(one[:2]), int(one[2:4]), 1, tzinfo=UTC) + timedelta(days=int(one[5:]) % 28)


def as_vector(text: str) -> tuple[float, ...]:
    vector = np.random.default_rng(len(text)).standard_normal(DIMENSION)
    return tuple((vector / np.linalg.norm(vector)).tolist())


def times(searcher: Searcher, requests: list[Search], user: SearchUser, rounds: int) -> np.ndarray:
    def seconds(request: Search) -> float:
        return seconds_of(lambda: asyncio.run(searcher.search(request, user)))

    rows = [[seconds(request) for request in requests] for _ in range(rounds)]
    return np.array([min(of_one) for of_one in zip(*rows, strict=True)])


def plain_times(folder: Path) -> tuple[np.ndarray, dict[str, float]]:
    """The plain way: look for the words in every paper, and compare every vector, one year after the other."""
    data, vocabulary = DataFolder(folder, 0), Vocabulary()
    vectors, papers = VectorStore(data, "bench"), [(one.paper_id, one.text) for one in MetadataStore(data).all()]

    def plain(query: str) -> None:
        words = query.split()
        sorted(((sum(word in text for word in words), name) for name, text in papers), reverse=True)[:300]
        sought = np.array(as_vector(query), dtype=np.float32)
        near = [(float(vector @ sought), name) for year in vectors.years()
                for name, vector in zip(*vectors.all([year]), strict=True)]  # fmt: skip
        sorted(near, reverse=True)[:300]

    queries = [vocabulary.query(number) for number in range(3)]
    return np.array([seconds_of(lambda asked=query: plain(asked)) for query in queries]), memory_mb()  # type: ignore[misc]


def seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def report(papers: int, rows: dict[str, np.ndarray], plain: np.ndarray, facts: dict[str, float]) -> None:
    print(f"{papers:,} papers, load {os.getloadavg()[0]:.1f}")
    figures = {}
    for name, seconds in rows.items():
        half, most = np.quantile(seconds, 0.5), np.quantile(seconds, 0.95)
        figures[name] = {"p50": float(half), "p95": float(most)}
        print(f"{name:22} p50 {half * 1000:8.1f} ms   p95 {most * 1000:8.1f} ms   x{np.median(plain) / half:.0f}")
    print(f"{'plain (every paper)':22} p50 {np.median(plain) * 1000:8.1f} ms")
    print("  ".join(f"{name} {value:.1f}" for name, value in facts.items()))
    print(
        json.dumps(
            {"bench": "search", "papers": papers, "plain_seconds": float(np.median(plain)), **facts, "figures": figures}
        )
    )


if __name__ == "__main__":
    main()
