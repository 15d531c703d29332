"""Refit and scoring against the plain alternative in the same run. Prints a table and JSON; asserts nothing.

python -m tests.bench.picks.bench_ranking [--papers 2800000] [--ratings 5000] [--file DIR]

The whole corpus is read through a memory map, as the service reads its copy: `--file` keeps it, else a temporary one.
"from disk" is the same after the file's pages were given back to the system, as far as it takes them.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from services.ranker.learning.background_papers import background_of
from services.ranker.learning.lexicon import BUCKETS, Bag, lexicon_of
from services.ranker.learning.similarity import Array, Pool, Projector, empty_pool
from services.ranker.learning.taste import Taste, learn
from services.ranker.recommending.corpus import best_rows
from services.ranker.selection.picking import Contender, Quota, select_papers
from shared.contracts import now
from shared.store.vectors.embeddings import Matrix

T = TypeVar("T")

DIMENSION = 384
PLAIN_PAPERS = 20_000
PLAIN_STEPS = 100


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--papers", type=int, default=2_800_000)
    arguments.add_argument("--ratings", type=int, default=5_000)
    arguments.add_argument("--file", type=Path, help="a folder with room for the vectors")
    asked = arguments.parse_args()
    rng = np.random.default_rng(0)
    likes, dislikes = pool("like", asked.ratings // 2, rng), pool("dislike", asked.ratings // 2, rng)
    negatives = unit(rng, 5_000)
    none = empty_pool(DIMENSION)
    draft = Taste("me", "typical", "bench", "f", now(), likes, dislikes, none)
    projector = Projector(background_of([str(n) for n in range(5_000)], negatives))
    learn(draft, projector.background, 25, projector)  # imports scipy, projects the ratings
    refit, taste = timed(lambda: learn(draft, projector.background, 25, projector), repeats=3)
    plain_refit, _ = timed(lambda: descend(likes, dislikes, negatives))
    bags = some_bags(asked.ratings, rng)
    words, _ = timed(lambda: lexicon_of(*bags), repeats=3)
    path = made_file(asked.papers, asked.file or Path(tempfile.mkdtemp()), rng)
    give_back(path)
    before = anonymous_mb()
    papers = np.asarray(np.load(path, mmap_mode="r"))
    cold, _ = timed(lambda: best_rows(taste, papers, 500))
    warm, chosen = timed(lambda: best_rows(taste, papers, 500), repeats=3)
    plain_score = timed(lambda: one_by_one(taste, papers[:PLAIN_PAPERS]))[0] * asked.papers / PLAIN_PAPERS
    top, scores = chosen
    day = [Contender(str(row), float(score)) for row, score in zip(top, scores, strict=True)]
    select, _ = timed(lambda: select_papers(day, papers[top], Quota(10, 1, 0.95, diversity=0.2), "seed"))
    rows = {
        f"refit, {asked.ratings} ratings + 5,000 random papers": (
            refit,
            plain_refit,
            "gradient descent, a loop per step",
        ),
        f"their words, {asked.ratings} ratings + 2,000 papers": (words, None, ""),
        f"best 500 of {asked.papers:,} papers, from disk": (cold, None, ""),
        f"best 500 of {asked.papers:,} papers, again": (warm, plain_score, f"one by one, from {PLAIN_PAPERS:,}"),
        "select among them": (select, None, ""),
    }
    report(rows, anonymous_mb() - before)


def unit(rng: np.random.Generator, count: int) -> Matrix:
    vectors = rng.standard_normal((count, DIMENSION), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def pool(name: str, count: int, rng: np.random.Generator) -> Pool:
    return Pool(tuple(f"{name}-{row}" for row in range(count)), unit(rng, count), np.ones(count))


def some_bags(ratings: int, rng: np.random.Generator) -> tuple[list[Bag], list[Bag], list[Bag]]:
    """Bags of the size of abstracts: liked, disliked, others."""

    def bags(count: int) -> list[Bag]:
        rows = [np.unique(rng.integers(0, BUCKETS, 260)) for _ in range(count)]
        return [(row, np.ones(len(row))) for row in rows]

    liked, disliked, others = bags(ratings // 2), bags(ratings // 2), bags(2_000)
    return liked, disliked, others


def made_file(count: int, folder: Path, rng: np.random.Generator) -> Path:
    """A file of `count` vectors."""
    path = folder / f"vectors-{count}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(count, DIMENSION))
        for start in range(0, count, 100_000):
            made[start : start + 100_000] = unit(rng, min(100_000, count - start))
        made.flush()
    return path


def give_back(path: Path) -> None:
    """Have the system forget a file's pages."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def anonymous_mb() -> float:
    """Memory of this process that is no page of a file."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["RssAnon"].split()[0]) / 1024


def timed(work: Callable[[], T], repeats: int = 1) -> tuple[float, T]:
    """The best time of several, in seconds, and the last result."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - started)
    return min(times), result


def descend(likes: Pool, dislikes: Pool, negatives: Matrix) -> Array:
    """The same loss by plain gradient descent: what one writes without a library."""
    examples = np.concatenate([likes.vectors, dislikes.vectors, negatives]).astype(np.float64)
    labels = np.concatenate([np.ones(len(likes)), np.zeros(len(dislikes) + len(negatives))])
    coefficients = np.zeros(DIMENSION)
    for _ in range(PLAIN_STEPS):
        errors = 1 / (1 + np.exp(-examples @ coefficients)) - labels
        coefficients -= 0.1 * (examples.T @ errors / len(labels) * 100 + coefficients / 100)
    return coefficients


def one_by_one(taste: Taste, papers: Matrix) -> list[float]:
    """A score per paper in a Python loop with numpy for each vector."""
    assert taste.regression is not None
    coefficients, intercept = taste.regression.coefficients, taste.regression.intercept
    return [float(1 / (1 + np.exp(-(vector @ coefficients + intercept)))) for vector in papers]


def report(rows: dict[str, tuple[float, float | None, str]], grown_mb: float) -> None:
    for name, (ours, plain, what) in rows.items():
        against = f"{plain * 1000:10.1f} ms plain ({what}): x{plain / ours:.1f}" if plain is not None else ""
        print(f"{name:55} {ours * 1000:10.1f} ms {against}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB (the map's pages included), by scoring and selecting {grown_mb:+.0f} MB without")
    print(f"load {os.getloadavg()[0]:.1f}")
    figures = {name: {"seconds": ours, "plain_seconds": plain} for name, (ours, plain, _) in rows.items()}
    print(
        json.dumps({"bench": "ranking", "peak_memory_mb": round(peak), "grown_mb": round(grown_mb), "figures": figures})
    )


if __name__ == "__main__":
    main()
