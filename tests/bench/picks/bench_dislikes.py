"""Simulated dislikes of real readers: papersys with and without them, beside simple baselines. Prints a table and JSON.

python -m tests.bench.picks.bench_dislikes [--users 60] [--half tune|held-out] [--vectors FILE.npy]

The owners are those of `bench_likes`. A recipe that knows few of an owner's likes ranks everything else; from the
nearest papers that the owner does not have come the dislikes, by one of these reasons:
near: none but being near (some would have been liked, had they been seen), among the first 300 or 1,500;
words: having one of three words that are rarer in the owner's library than among those papers;
topic: belonging to the two of twelve clusters that the owner has least of;
far: belonging to a topic far from all likes.
Some train, the rest stands aside: `strangers` is the AUC of likes left out against random papers that nothing speaks
against, `dislikes` that against dislikes left out, `random` that against random papers among which what is disliked is
as frequent as among all. nDCG@10 is among likes, strangers and dislikes. Intervals are of means over owners (bootstrap,
95 %). Two recipes are told the answer: they tell dislikes apart like normal distributions with an AUC of .95 or .99.
"""

import argparse
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.ranker.evaluation.metrics import area_under_curve, ndcg
from services.ranker.learning.contrast import Odds, doubted
from services.ranker.learning.lexicon import Bag, bag_of, lexicon_of
from services.ranker.learning.similarity import Pool, ProjectedVectors, empty_pool, projected_vectors
from services.ranker.learning.taste import Taste, learn
from shared.contracts import now
from tests.bench.picks.bench_likes import Scores, World, half_of, open_world

OURS, WITHOUT = "papersys", "papersys, likes alone"
RANDOM, HELD_OUT, KNOWN_FIRST = 1000, 60, 5
METRICS = ("strangers", "dislikes", "random", "nDCG")
_WORD = re.compile(r"[a-z][a-z-]{3,}")
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Owner:
    """Rows of papers: what trains, and what stands aside. `unwanted` is the share of all others that are disliked."""

    likes: Rows
    dislikes: Rows
    later_likes: Rows
    later_dislikes: Rows
    strangers: Rows
    unwanted: float

    @property
    def candidates(self) -> Rows:
        return np.concatenate([self.later_likes, self.later_dislikes, self.strangers])


class Placed(World):
    """Knows the projected vectors of all papers."""

    @cached_property
    def projected(self) -> ProjectedVectors:
        return projected_vectors(self.vectors, self.background)


Recipe = Callable[[Placed, Owner], Scores]
Reason = Callable[[Placed, Rows, Rows, np.random.Generator], Rows]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--users", type=int, default=60)
    arguments.add_argument("--half", choices=("tune", "held-out"), default="held-out")
    arguments.add_argument("--sizes", default="5x5,10x10,30x30,10x1,10x3,10x30", help="likes x dislikes, with commas")
    arguments.add_argument("--reasons", default=",".join(REASONS))
    arguments.add_argument("--seeds", type=int, default=1, help="owners drawn from each user")
    arguments.add_argument("--vectors", type=Path, help="vectors of the titles; made and kept here")
    asked = arguments.parse_args()
    world = Placed(**vars(open_world(asked.vectors)))
    users = [user for user in world.users if half_of(user) == asked.half]
    figures = {}
    for size in asked.sizes.split(","):
        likes, dislikes = map(int, size.split("x"))
        fitting = [user for user in users if len(world.users[user]) >= likes + 8][: asked.users]
        for reason in asked.reasons.split(","):
            rounds = [
                [owner_of(world, user, (likes, dislikes), reason, seed) for seed in range(asked.seeds)]
                for user in fitting
            ]
            drawn = [[one for one in some if one is not None] for some in rounds]
            figures[f"{size} {reason}"] = report(world, size, reason, [some for some in drawn if some])
    print(f"load {os.getloadavg()[0]:.1f}")
    print(json.dumps({"bench": "dislikes", "half": asked.half, "figures": figures}))


def owner_of(world: Placed, user: int, size: tuple[int, int], reason: str, seed: int) -> Owner | None:
    """None where there are too few papers of this kind."""
    rng = np.random.default_rng([user, *size, seed])
    library = rng.permutation(world.users[user])
    likes, later = library[: size[0]], library[size[0] :][:HELD_OUT]
    rest = np.setdiff1d(np.arange(len(world.titles)), library)
    first = taste_of(world, likes[:KNOWN_FIRST], likes[:0])
    nearest = rest[np.argsort(-first.z_scores_of_projected(world.projected.rows(rest)), kind="stable")]
    unwanted = rng.permutation(REASONS[reason](world, nearest, library, rng))
    if len(unwanted) < size[1] + 5:
        return None
    strangers = rng.choice(np.setdiff1d(rest, unwanted), RANDOM, replace=False)
    later_dislikes = unwanted[size[1] :][:HELD_OUT]
    return Owner(likes, unwanted[: size[1]], later, later_dislikes, strangers, len(unwanted) / len(rest))


def near(first: int) -> Reason:
    return lambda world, nearest, library, rng: nearest[:first]


def by_words(world: Placed, nearest: Rows, library: Rows, rng: np.random.Generator) -> Rows:
    nearest = nearest[:1500]
    words = [frozenset(_WORD.findall(world.titles[row].lower())) for row in nearest]
    counts = Counter(word for some in words for word in some)
    owned = Counter(word for row in library for word in set(_WORD.findall(world.titles[row].lower())))
    fitting = [
        word
        for word, count in sorted(counts.items())
        if 15 <= count < 300 and owned[word] / len(library) < 0.5 * count / len(nearest)
    ]
    chosen = set(rng.choice(fitting, min(3, len(fitting)), replace=False))
    return nearest[[bool(some & chosen) for some in words]]


def by_topic(world: Placed, nearest: Rows, library: Rows, rng: np.random.Generator) -> Rows:
    from sklearn.cluster import KMeans

    nearest, vectors = nearest[:800], world.background.centred(world.vectors)
    clusters = KMeans(12, n_init=1, random_state=int(rng.integers(1000))).fit(vectors[nearest])
    owned = np.bincount(clusters.predict(vectors[library]), minlength=12)
    fewest = np.argsort(owned / np.bincount(clusters.labels_, minlength=12))[:2]
    return nearest[np.isin(clusters.labels_, fewest)]


def far_away(world: Placed, nearest: Rows, library: Rows, rng: np.random.Generator) -> Rows:
    middle = world.vectors[rng.choice(nearest[len(nearest) // 2 :])]
    return nearest[np.argsort(-(world.vectors[nearest] @ middle))[:400]]


REASONS: dict[str, Reason] = {
    "near300": near(300),
    "near1500": near(1500),
    "words": by_words,
    "topic": by_topic,
    "far": far_away,
}


def pool(world: Placed, rows: Rows) -> Pool:
    if not len(rows):
        return empty_pool(world.vectors.shape[1])
    return Pool(tuple(map(str, rows)), world.vectors[rows], np.ones(len(rows)))


def taste_of(world: Placed, likes: Rows, dislikes: Rows) -> Taste:
    draft = Taste("me", "typical", "b", "f", now(), pool(world, likes), pool(world, dislikes), pool(world, likes[:0]))
    return learn(draft, world.background, 25)


def bags_of(world: Placed, rows: Rows) -> list[Bag]:
    return [bag_of(world.titles[row]) for row in rows]


def ours(world: Placed, owner: Owner) -> Scores:
    bags = [bags_of(world, rows) for rows in (owner.likes, owner.dislikes, owner.candidates)]
    words = lexicon_of(bags[0], bags[1], world.bags)
    taste = taste_of(world, owner.likes, owner.dislikes)
    z_scores = taste.z_scores_of_projected(world.projected.rows(owner.candidates))
    return words.added(z_scores, bags[2]) if words else z_scores


def likes_alone(world: Placed, owner: Owner) -> Scores:
    return ours(world, replace(owner, dislikes=owner.dislikes[:0]))


def told(separation: float) -> Recipe:
    """Likes alone, with doubts of normal log odds so many spreads apart, that cost hardly any strangers."""

    def scores(world: Placed, owner: Owner) -> Scores:
        rng = np.random.default_rng([*owner.likes[:3], 1])
        liked = np.ones(len(owner.candidates))
        liked[len(owner.later_likes) :][: len(owner.later_dislikes)] = -1
        odds = separation * (liked * separation / 2 + rng.normal(size=len(liked)))
        return doubted(likes_alone(world, owner), Odds(slope=1.0, midpoint=-1.8).doubts(odds))

    return scores


def mean_similarity(world: Placed, owner: Owner) -> Scores:
    cosines = world.vectors[owner.candidates] @ world.vectors[owner.likes].T
    return np.asarray(cosines.mean(axis=1), dtype=np.float64)


def mean_less_half(world: Placed, owner: Owner) -> Scores:
    against = world.vectors[owner.candidates] @ world.vectors[owner.dislikes].T
    return np.asarray(mean_similarity(world, owner) - 0.5 * against.mean(axis=1), dtype=np.float64)


def centroid_less_half(world: Placed, owner: Owner) -> Scores:
    likes, dislikes = (np.asarray(world.words[rows].mean(axis=0)).ravel() for rows in (owner.likes, owner.dislikes))
    return np.asarray(world.words[owner.candidates] @ (likes - 0.5 * dislikes))


def _examples(world: Placed, owner: Owner) -> tuple[Rows, NDArray[np.bool_]]:
    rows = np.concatenate([owner.likes, owner.dislikes, np.setdiff1d(world.others, owner.likes)])
    return rows, np.arange(len(rows)) < len(owner.likes)


def regression(world: Placed, owner: Owner) -> Scores:
    from sklearn.linear_model import LogisticRegression

    rows, labels = _examples(world, owner)
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=300).fit(world.vectors[rows], labels)
    return np.asarray(model.decision_function(world.vectors[owner.candidates]))


def linear_svc(world: Placed, owner: Owner) -> Scores:
    from sklearn.svm import LinearSVC

    rows, labels = _examples(world, owner)
    model = LinearSVC(class_weight="balanced", C=0.01, max_iter=2000, tol=1e-4).fit(world.words[rows], labels)
    return np.asarray(model.decision_function(world.words[owner.candidates]))


BASELINES: dict[str, Recipe] = {
    WITHOUT: likes_alone,
    OURS: ours,
    "mean similarity": mean_similarity,
    "mean similarity, less half": mean_less_half,
    "TF-IDF centroid, less half": centroid_less_half,
    "TF-IDF LinearSVC": linear_svc,
    "regression": regression,
    "told apart by .95": told(2.33),
    "told apart by .99": told(3.29),
}
TOLD = [name for name in BASELINES if name.startswith("told")]


def metrics_of(owner: Owner, scores: Scores) -> tuple[float, float, float, float]:
    """In the order of `METRICS`."""
    likes, dislikes = len(owner.later_likes), len(owner.later_dislikes)
    liked = np.arange(len(scores)) < likes
    strangers = np.arange(len(scores)) >= likes + dislikes
    stranger = area_under_curve(liked[liked | strangers], scores[liked | strangers])
    dislike = area_under_curve(liked[~strangers], scores[~strangers])
    return stranger, dislike, (1 - owner.unwanted) * stranger + owner.unwanted * dislike, ndcg(liked, scores, 10)


def report(world: Placed, size: str, reason: str, owners: list[list[Owner]]) -> dict[str, object]:
    """Each user's owners are averaged, then users."""
    print(f"\n{size} likes x dislikes, {reason}: {len(owners)} users")
    results = {
        name: np.array([np.mean([metrics_of(one, recipe(world, one)) for one in some], axis=0) for some in owners])
        for name, recipe in BASELINES.items()
    }
    for name, each in results.items():
        parts = [f"{what} {mean:.3f}" for what, mean in zip(METRICS, each.mean(axis=0), strict=True)]
        print(f"  {name:28} {'  '.join(parts)}")
    simple = [name for name in results if name not in (OURS, WITHOUT, *TOLD)]
    best = max(simple, key=lambda name: results[name][:, 1].mean())
    gains = {
        "over likes alone": interval(results[OURS] - results[WITHOUT]),
        f"over {best}": interval(results[OURS] - results[best]),
    }
    for name, (mean, low, high) in gains.items():
        parts = [f"{what} {mean[i]:+.4f} [{low[i]:+.4f}, {high[i]:+.4f}]" for i, what in enumerate(METRICS)]
        print(f"  {name}: {'; '.join(parts)}", flush=True)
    return {name: each.mean(axis=0).round(4).tolist() for name, each in results.items()} | {"gains": gains}


def interval(gains: NDArray[np.float64]) -> tuple[list[float], list[float], list[float]]:
    rng = np.random.default_rng(0)
    means = gains[rng.integers(len(gains), size=(2000, len(gains)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    return gains.mean(axis=0).round(4).tolist(), low.round(4).tolist(), high.round(4).tolist()


if __name__ == "__main__":
    main()
