"""Two planted interests of 40 and 8 likes: whether the small one is served. Prints a table and JSON.

python -m tests.bench.picks.bench_facets [--people 120] [--half tune|held-out] [--vectors FILE.npy]

Real libraries of CiteULike, as in `bench_likes`. The large interest is 40 papers of one user's library; the small one 8
papers near one another of another user's, whose library is of another field (its centroid is further off than that of
half of all users). What is left of both stands among 1,500 papers that neither has. A day is 15 of the large, 3 of the
small and 500 others; `share` is the part of the picks by score that is of the small or large one (a share like that of
the likes would be 1/6 of those that are right), `hits` of either, `none` the part of days without a pick of the small.
`alone` is the small interest's own model: the order in which it gives its own papers.
Ordinary people: one library, 48 or 150 likes; 18 of its papers a day. Intervals: 95 %, bootstrap over people.
"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.ranker.evaluation.metrics import ndcg
from services.ranker.facets.kept_places import Claim, keep_places
from services.ranker.facets.small_facets import SmallFacet, ordered_papers, small_facets
from services.ranker.learning.scale import to_score
from services.ranker.learning.similarity import Pool, empty_pool
from services.ranker.learning.taste import Taste, learn
from services.ranker.selection.picking import Contender, Quota, select_papers
from services.ranker.settings import RankerSettings
from shared.contracts import now
from tests.bench.picks.bench_dislikes import Placed
from tests.bench.picks.bench_likes import half_of, open_world

LARGE, SMALL, STRANGERS, DAYS = 40, 8, 1_500, 8
A_DAY = (15, 3, 500)
Rows = NDArray[np.intp]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Person:
    """Rows of papers: likes, what is left of both interests, and what neither has."""

    large: Rows
    small: Rows
    later_large: Rows
    later_small: Rows
    strangers: Rows
    seed: tuple[int, ...]

    @property
    def likes(self) -> Rows:
        return np.concatenate([self.large, self.small])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--people", type=int, default=120)
    arguments.add_argument("--half", choices=("tune", "held-out"), default="held-out")
    arguments.add_argument("--draw", type=int, default=0, help="another draw of people, pairs and days")
    arguments.add_argument("--kinds", default="planted,48,150")
    arguments.add_argument("--vectors", type=Path, help="vectors of the titles; made and kept here")
    asked = arguments.parse_args()
    world = Placed(**vars(open_world(asked.vectors)))
    figures = {}
    for kind in asked.kinds.split(","):
        people = planted(world, asked) if kind == "planted" else ordinary(world, asked, int(kind))
        figures[kind] = report(kind, [measured(world, person) for person in people])
    print(f"load {os.getloadavg()[0]:.1f}")
    print(json.dumps({"bench": "facets", "half": asked.half, "figures": figures}))


def planted(world: Placed, asked: argparse.Namespace) -> list[Person]:
    users = [user for user in world.users if half_of(user) == asked.half]
    large = [user for user in users if len(world.users[user]) >= LARGE + 20]
    small = [user for user in users if len(world.users[user]) >= SMALL + 8]
    centroids = {user: world.vectors[world.users[user]].mean(axis=0) for user in {*large, *small}}
    unit = {user: centroid / np.linalg.norm(centroid) for user, centroid in centroids.items()}
    rng = np.random.default_rng([7, len(users), asked.draw])
    people = []
    for number, user in enumerate(rng.permutation(large)[: asked.people].tolist()):
        cosines = np.array([unit[user] @ unit[other] for other in small])
        far = [other for other, cosine in zip(small, cosines, strict=True) if cosine <= np.median(cosines)]
        people.append(_planted(world, user, far, rng, (7, asked.draw, number)))
    return people


def _planted(world: Placed, user: int, far: Sequence[int], rng: np.random.Generator, seed: tuple[int, ...]) -> Person:
    mine = rng.permutation(world.users[user])
    while True:
        other = far[int(rng.integers(len(far)))]
        theirs = np.setdiff1d(world.users[other], mine)
        if len(theirs) >= SMALL + 8:
            break
    centre = theirs[rng.integers(len(theirs))]
    nearest = theirs[np.argsort(-(world.vectors[theirs] @ world.vectors[centre]), kind="stable")]
    near = rng.permutation(nearest[: max(SMALL + 8, min(len(theirs), 24))])
    rest = np.setdiff1d(np.arange(len(world.titles)), np.concatenate([mine, world.users[other]]))
    strangers = rng.choice(rest, STRANGERS, replace=False)
    return Person(mine[:LARGE], near[:SMALL], mine[LARGE:][:60], near[SMALL:], strangers, seed)


def ordinary(world: Placed, asked: argparse.Namespace, likes: int) -> list[Person]:
    users = [user for user in world.users if half_of(user) == asked.half and len(world.users[user]) >= likes + 25]
    rng = np.random.default_rng([8, likes, asked.draw])
    people = []
    for user in rng.permutation(users)[: asked.people].tolist():
        mine = rng.permutation(world.users[user])
        rest = np.setdiff1d(np.arange(len(world.titles)), mine)
        strangers = rng.choice(rest, STRANGERS, replace=False)
        people.append(Person(mine[:likes], mine[:0], mine[likes:][:60], mine[:0], strangers, (8, asked.draw, user)))
    return people


def taste_of(world: Placed, rows: Rows) -> Taste:
    names = tuple(map(str, rows))
    likes, none = Pool(names, world.vectors[rows], np.ones(len(names))), empty_pool(world.vectors.shape[1])
    return learn(Taste("me", "typical", "bench", "f", now(), likes, none, none), world.background, 25)


def measured(world: Placed, person: Person) -> dict[str, Numbers]:
    """Of each way: nDCG@10 of the small and of the large interest among strangers; shares, hits, and days without."""
    taste = taste_of(world, person.likes)
    settings = RankerSettings()
    facets = small_facets(taste, settings.per_day - settings.explore)
    alone = taste_of(world, person.small) if len(person.small) else None
    return {
        "one model": np.concatenate([orders(world, person, taste), days(world, person, taste, [])]),
        "places kept": np.concatenate([orders(world, person, taste), days(world, person, taste, facets)]),
        **({"alone": np.concatenate([orders(world, person, alone), np.full(4, np.nan)])} if alone else {}),
    }


def orders(world: Placed, person: Person, taste: Taste) -> Numbers:
    gains = []
    for later in (person.later_small, person.later_large):
        rows = np.concatenate([later, person.strangers])
        scores = taste.z_scores_of_projected(world.projected.rows(rows))
        gains.append(ndcg(np.arange(len(rows)) < len(later), scores, 10) if len(later) else np.nan)
    return np.array(gains)


def days(world: Placed, person: Person, taste: Taste, facets: Sequence[SmallFacet]) -> Numbers:
    settings, rng = RankerSettings(), np.random.default_rng(person.seed)
    quota = Quota(settings.per_day, settings.explore, settings.duplicate_cosine, settings.diversity)
    counts = (A_DAY[0], A_DAY[1]) if len(person.small) else (A_DAY[0] + A_DAY[1], 0)
    metrics = []
    for day in range(DAYS):
        drawn = [
            rng.choice(rows, count, replace=False)
            for rows, count in zip(
                (person.later_large, person.later_small, person.strangers), (*counts, A_DAY[2]), strict=True
            )
        ]
        rows = np.concatenate(drawn)
        papers = world.projected.rows(rows)
        scores = to_score(taste.z_scores_of_projected(papers))
        ids = [str(row) for row in rows]
        contenders = [Contender(name, float(score)) for name, score in zip(ids, scores, strict=True)]
        ranked = select_papers(contenders, world.vectors[rows], quota, str(day))
        claims = [Claim(facet.places, ordered_papers(facet, ids, papers)) for facet in facets]
        kept = keep_places(ranked, claims, settings.kept_places)
        picks = {paper.paper_id for paper in kept.ranked if paper.outcome == "picked" and paper.slot != "explore"}
        large, small = (len(picks & {str(row) for row in some}) / len(picks) for some in drawn[:2])
        metrics.append((small, large, small + large, float(small == 0)))
    return np.asarray(np.mean(metrics, axis=0))


NAMES = ("nDCG small", "nDCG large", "share small", "share large", "hits", "none")


def report(kind: str, people: list[dict[str, Numbers]]) -> dict[str, object]:
    print(f"\n{kind}: {len(people)} people")
    figures: dict[str, object] = {}
    for way in people[0]:
        each = np.array([person[way] for person in people])
        gains = each - np.array([person["one model"] for person in people])
        low, high = interval(gains)
        parts = [
            f"{name} {mean:.3f} ({gain:+.3f} [{least:+.3f}, {most:+.3f}])"
            for name, mean, gain, least, most in zip(
                NAMES, each.mean(axis=0), gains.mean(axis=0), low, high, strict=True
            )
            if np.isfinite(mean)
        ]
        print(f"  {way:12} {'  '.join(parts)}", flush=True)
        figures[way] = [[round(float(value), 4) for value in row] for row in (each.mean(axis=0), low, high)]
    return figures


def interval(gains: Numbers) -> tuple[Numbers, Numbers]:
    rng = np.random.default_rng(0)
    means = gains[rng.integers(len(gains), size=(2000, len(gains)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    return low, high


if __name__ == "__main__":
    main()
