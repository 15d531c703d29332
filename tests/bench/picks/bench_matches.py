"""How often matches are right: strong, fair and weak among later likes and among strangers. Prints a table and JSON.

python -m tests.bench.picks.bench_matches [--users 60] [--half tune|held-out] [--vectors FILE.npy]

Users and vectors are those of `bench_likes`. Per size, so many likes train; the user's other likes and 1,000 random
papers that the user does not have are given a match. The time is that of a user's scale and the reasons of ten picks.
"""

import argparse
import json
import os
import time
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.ranker.learning.match import matches_of
from services.ranker.learning.similarity import Pool, empty_pool
from services.ranker.learning.taste import Taste, learn
from services.ranker.selection.reasons import mentions_of
from shared.contracts import Match, now
from tests.bench.picks.bench_likes import World, half_of, open_world

MATCHES: tuple[Match, ...] = ("strong", "fair", "weak")
STRANGERS, PICKS = 1_000, 10


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--users", type=int, default=60)
    arguments.add_argument("--half", choices=("tune", "held-out"), default="held-out")
    arguments.add_argument("--sizes", default="1,3,10,30,100", help="how many likes train, with commas")
    arguments.add_argument("--vectors", type=Path, help="vectors of the titles; made and kept here")
    asked = arguments.parse_args()
    world = open_world(asked.vectors)
    users = [user for user in world.users if half_of(user) == asked.half]
    figures = {}
    for size in map(int, asked.sizes.split(",")):
        fitting = [user for user in users if len(world.users[user]) >= size + 8][: asked.users]
        figures[size] = report(size, [measure(world, user, size) for user in fitting])
    print(f"load {os.getloadavg()[0]:.1f}")
    print(json.dumps({"bench": "matches", "half": asked.half, "figures": figures}))


def measure(world: World, user: int, size: int) -> dict[str, float]:
    """The share of each match among later likes and strangers of one user, and the seconds it took."""
    rng = np.random.default_rng([user, size])
    library = rng.permutation(world.users[user])
    strangers = rng.choice(np.setdiff1d(np.arange(len(world.titles)), library), STRANGERS, replace=False)
    taste = taste_of(world, library[:size])
    scores = [taste.score(world.vectors[rows]) for rows in (library[size:], strangers)]
    started = time.perf_counter()
    later, others = (Counter(matches_of(taste, some)) for some in scores)
    for row in library[size:][:PICKS]:
        mentions_of(taste, world.vectors[row])
    facts = {"seconds": time.perf_counter() - started}
    for match in MATCHES:
        facts[f"likes {match}"] = later[match] / later.total()
        facts[f"strangers {match}"] = others[match] / others.total()
    return facts


def taste_of(world: World, likes: NDArray[np.intp]) -> Taste:
    pool = Pool(tuple(map(str, likes)), world.vectors[likes], np.ones(len(likes)))
    empty = empty_pool(world.vectors.shape[1])
    return learn(Taste("me", "typical", "bench", "", now(), pool, empty, empty), world.background, 25)


def report(size: int, rows: list[dict[str, float]]) -> dict[str, float]:
    means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    kinds = "; ".join(
        f"{kind} " + ", ".join(f"{match} {means[f'{kind} {match}']:.1%}" for match in MATCHES)
        for kind in ("likes", "strangers")
    )
    print(f"{size:4} likes, {len(rows)} users: {kinds}; {1000 * means['seconds']:.0f} ms")
    return means


if __name__ == "__main__":
    main()
