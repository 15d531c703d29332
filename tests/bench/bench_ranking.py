"""Refit and scoring against the plain alternative in the same run. Prints a table and JSON; asserts nothing.

python -m tests.bench.bench_ranking [--papers 1000000] [--verdicts 5000]
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from services.ranker.selection import Contender, Quota, select_papers
from services.ranker.similarity import Array, Pool, empty_pool
from services.ranker.taste import Taste, learn
from shared.contracts import now
from shared.store.embeddings import Matrix

T = TypeVar("T")

DIMENSION = 384
PLAIN_PAPERS = 20_000
PLAIN_STEPS = 100


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--papers", type=int, default=1_000_000)
    arguments.add_argument("--verdicts", type=int, default=5_000)
    asked = arguments.parse_args()
    rng = np.random.default_rng(0)
    likes, dislikes = pool("like", asked.verdicts // 2, rng), pool("dislike", asked.verdicts // 2, rng)
    negatives = unit(rng, 5_000)
    draft = Taste("me", "typical", "bench", "f", now(), likes, dislikes, empty_pool(DIMENSION))
    learn(draft, negatives, 25)  # imports scikit-learn
    refit, taste = timed(lambda: learn(draft, negatives, 25), repeats=3)
    plain_refit, _ = timed(lambda: descend(likes, dislikes, negatives))
    few = learn(
        Taste("me", "typical", "bench", "f", now(), head(likes), head(dislikes), empty_pool(DIMENSION)), negatives, 25
    )
    papers = unit(rng, asked.papers)
    score, scores = timed(lambda: taste.score(papers), repeats=3)
    score_few, _ = timed(lambda: few.score(papers), repeats=3)
    plain_score = timed(lambda: one_by_one(taste, papers[:PLAIN_PAPERS]))[0] * asked.papers / PLAIN_PAPERS
    day = [Contender(str(row), float(scores[row])) for row in range(min(20_000, asked.papers))]
    select, _ = timed(lambda: select_papers(day, papers[: len(day)], Quota(10, 1, 0.95), "seed"))
    rows = {
        f"refit, {asked.verdicts} verdicts + 5,000 random papers": (
            refit,
            plain_refit,
            "gradient descent, a loop per step",
        ),
        f"score {asked.papers:,} papers, regression": (score, plain_score, f"one by one, from {PLAIN_PAPERS:,}"),
        f"score {asked.papers:,} papers, similarity to 20 verdicts": (score_few, None, ""),
        f"select among {len(day):,} papers": (select, None, ""),
    }
    report(rows)


def unit(rng: np.random.Generator, count: int) -> Matrix:
    vectors = rng.standard_normal((count, DIMENSION), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def pool(name: str, count: int, rng: np.random.Generator) -> Pool:
    return Pool(tuple(f"{name}-{row}" for row in range(count)), unit(rng, count), np.ones(count))


def head(whole: Pool, count: int = 10) -> Pool:
    return Pool(whole.names[:count], whole.vectors[:count], whole.weights[:count])


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


def report(rows: dict[str, tuple[float, float | None, str]]) -> None:
    for name, (ours, plain, what) in rows.items():
        against = f"{plain * 1000:10.1f} ms plain ({what}): x{plain / ours:.1f}" if plain is not None else ""
        print(f"{name:55} {ours * 1000:10.1f} ms {against}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")
    figures = {name: {"seconds": ours, "plain_seconds": plain} for name, (ours, plain, _) in rows.items()}
    print(json.dumps({"bench": "ranking", "peak_memory_mb": round(peak), "figures": figures}))


if __name__ == "__main__":
    main()
