"""Real likes: our recipe beside the known simple ones, on the same users, in one run. Prints a table and JSON.

python -m tests.bench.picks.bench_likes [--users 300] [--half tune|held-out] [--vectors FILE.npy]

Half of a user's likes train, the rest stands among ten times as many random other papers; and the same with 3, 5, 10
and 20 likes. The recipe was tuned on the users of one half (by a hash of their number); judge it on the other.
"""

import argparse
import csv
import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from services.ranker.evaluation.metrics import area_under_curve, ndcg
from services.ranker.learning.background_papers import Background, background_of
from services.ranker.learning.lexicon import Bag, bag_of, lexicon_of
from services.ranker.learning.similarity import Pool, empty_pool
from services.ranker.learning.taste import Taste, learn
from shared.contracts import now
from shared.store.vectors.embeddings import Matrix

REAL = Path(os.environ.get("PAPERSYS_REAL_DATA", "../shared/data")) / "likes"
OURS = "papersys"
NEGATIVES = 5000
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    titles: list[str]
    users: dict[int, list[int]]
    vectors: Matrix
    words: csr_matrix
    background: Background
    others: NDArray[np.intp]
    bags: list[Bag]


@dataclass(frozen=True)
class Task:
    train: NDArray[np.intp]
    candidates: NDArray[np.intp]
    liked: NDArray[np.bool_]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--users", type=int, default=300)
    arguments.add_argument("--sizes", default="half,3,5,10,20", help="how many likes train, with commas")
    arguments.add_argument("--skip", type=int, default=0)
    arguments.add_argument("--half", choices=("tune", "held-out"), default="held-out")
    arguments.add_argument("--vectors", type=Path, help="vectors of the titles; made and kept here")
    asked = arguments.parse_args()
    world = open_world(asked.vectors)
    chosen = [user for user in world.users if (half_of(user) == asked.half)][asked.skip : asked.skip + asked.users]
    figures = {}
    for size in [None if text == "half" else int(text) for text in asked.sizes.split(",")]:
        tasks = [task_of(world, user, size) for user in chosen if size is None or len(world.users[user]) >= size + 5]
        results = {name: measure(world, tasks, recipe) for name, recipe in RECIPES.items()}
        figures[str(size or "half")] = report(size, results)
    print(f"load {os.getloadavg()[0]:.1f}")
    print(json.dumps({"bench": "likes", "half": asked.half, "figures": figures}))


def half_of(user: int) -> str:
    return "tune" if int(hashlib.sha256(str(user).encode()).hexdigest(), 16) % 10 < 5 else "held-out"


def open_world(kept: Path | None) -> World:
    from sklearn.feature_extraction.text import TfidfVectorizer

    with (REAL / "items.csv").open(encoding="utf-8", newline="") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    users: dict[int, list[int]] = defaultdict(list)
    with (REAL / "users.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            users[int(row["user"])].append(int(row["item"]))
    vectors = np.load(kept) if kept and kept.exists() else encoded(titles)
    if kept and not kept.exists():
        np.save(kept, vectors)
    words = TfidfVectorizer(stop_words="english", sublinear_tf=True, dtype=np.float32).fit_transform(titles)
    others = np.sort(np.random.default_rng(0).choice(len(titles), NEGATIVES, replace=False))
    background = background_of([str(row) for row in others], vectors[others])
    return World(
        titles, dict(users), vectors, words, background, others, [bag_of(titles[row]) for row in others[:2000]]
    )


def encoded(titles: list[str]) -> Matrix:
    from services.embedder.commands import encode_texts
    from services.embedder.settings import Settings

    return encode_texts(Settings(), titles)


def task_of(world: World, user: int, size: int | None) -> Task:
    rng = np.random.default_rng([user, 1, size or 0])
    likes = rng.permutation(world.users[user])
    count = size or len(likes) // 2
    test = likes[count:]
    rest = np.setdiff1d(np.arange(len(world.titles)), likes)
    strangers = rng.choice(rest, 10 * len(test), replace=False)
    return Task(likes[:count], np.concatenate([test, strangers]), np.arange(11 * len(test)) < len(test))


def centroid(world: World, task: Task) -> Scores:
    middle = np.asarray(world.words[task.train].mean(axis=0)).ravel()
    return np.asarray(world.words[task.candidates] @ middle)


def linear_svc(world: World, task: Task) -> Scores:
    """As arxiv-sanity-lite has it: TF-IDF, everything else is negative, balanced, C = 0.01."""
    from sklearn.svm import LinearSVC

    labels = np.zeros(len(world.titles))
    labels[task.train] = 1
    model = LinearSVC(class_weight="balanced", C=0.01, max_iter=2000, tol=1e-4).fit(world.words, labels)
    return np.asarray(model.decision_function(world.words[task.candidates]))


def mean_similarity(world: World, task: Task) -> Scores:
    return np.asarray((world.vectors[task.candidates] @ world.vectors[task.train].T).mean(axis=1), dtype=np.float64)


def max_similarity(world: World, task: Task) -> Scores:
    return np.asarray((world.vectors[task.candidates] @ world.vectors[task.train].T).max(axis=1), dtype=np.float64)


def regression(inverse_penalty: float) -> Callable[[World, Task], Scores]:
    def scores(world: World, task: Task) -> Scores:
        from sklearn.linear_model import LogisticRegression

        negatives = np.setdiff1d(world.others, task.train)
        examples = world.vectors[np.concatenate([task.train, negatives])]
        labels = np.arange(len(examples)) < len(task.train)
        model = LogisticRegression(C=inverse_penalty, class_weight="balanced", max_iter=300)
        model.fit(examples, labels)
        return np.asarray(model.decision_function(world.vectors[task.candidates]))

    return scores


def ours(world: World, task: Task) -> Scores:
    names = tuple(str(row) for row in task.train)
    likes, none = Pool(names, world.vectors[task.train], np.ones(len(names))), empty_pool(world.vectors.shape[1])
    draft = Taste("me", "typical", "bench", "f", now(), likes, none, none)
    lexicon = lexicon_of([bag_of(world.titles[row]) for row in task.train], [], world.bags)
    bags = [bag_of(world.titles[row]) for row in task.candidates]
    taste = replace(learn(draft, world.background, 25), lexicon=lexicon)
    return taste.score(world.vectors[task.candidates], bags)


RECIPES: dict[str, Callable[[World, Task], Scores]] = {
    "TF-IDF centroid": centroid,
    "TF-IDF LinearSVC": linear_svc,
    "mean similarity": mean_similarity,
    "max similarity": max_similarity,
    "regression C=0.1": regression(0.1),
    "regression C=1": regression(1.0),
    OURS: ours,
}


def measure(world: World, tasks: list[Task], recipe: Callable[[World, Task], Scores]) -> NDArray[np.float64]:
    """AUC and nDCG@10 of each task."""
    scores = [recipe(world, task) for task in tasks]
    return np.array(
        [
            (area_under_curve(task.liked, one), ndcg(task.liked, one, 10))
            for task, one in zip(tasks, scores, strict=True)
        ]
    )


def report(size: int | None, results: dict[str, NDArray[np.float64]]) -> dict[str, object]:
    print(f"\n{'half of the likes' if size is None else f'{size} likes'} train, {len(results[OURS])} users")
    for name, both in results.items():
        print(f"  {name:20} AUC {both[:, 0].mean():.4f}  nDCG@10 {both[:, 1].mean():.4f}")
    best = max((name for name in results if name != OURS), key=lambda name: results[name][:, 1].mean())
    gains = results[OURS] - results[best]
    rng = np.random.default_rng(0)
    means = gains[rng.integers(len(gains), size=(2000, len(gains)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    for column, name in enumerate(("AUC", "nDCG@10")):
        text = f"{gains[:, column].mean():+.4f} [{low[column]:+.4f}, {high[column]:+.4f}]"
        print(f"  {name} of {OURS} over {best}: {text}", flush=True)
    return {name: both.mean(axis=0).round(4).tolist() for name, both in results.items()} | {
        "best simple": best,
        "gain": gains.mean(axis=0).round(4).tolist(),
        "interval": [low.round(4).tolist(), high.round(4).tolist()],
    }


if __name__ == "__main__":
    main()
