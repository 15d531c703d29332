"""What is offered to simulated people who like papers that their picks missed, and what it does on days to come.

`python -m tests.bench.picks.bench_missed [--people 30] [--vectors FILE.npy]` prints a table and JSON; it asserts
nothing.

A person has a library of CiteULike (held-out half), of which 20 papers are liked at first. Each day 150 papers
come, and 10 are picked by the real model. What a person wants and is shown is liked four times in five; what is wanted
and not shown is found elsewhere, and liked, once in three. After 60 days clicks are looked for, and each that is
offered is tried on the 20 days that follow, against the same days without it. People want something else besides:

- `words`: four in five of the papers that have a phrase which their library lacks, of 40 to 150 that there are;
- `few words`: the same of 20 to 39;
- `author`: seven in ten of 40 papers spread over everything, all by one author;
- `interest`: four in five of the 60 papers nearest to one that is far from their library, eight of them liked at first:
  a small interest beside a large one, which a boost of its facet can mend (it is looked for in this kind alone);
- `nothing`: 40 papers drawn at random. Whatever is offered for these is chance (or of the library itself).
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from services.ranker.following.arriving_papers import MatchedFollow
from services.ranker.following.follow_queries import filters_of_follow
from services.ranker.interests.directions import facet_adjustment
from services.ranker.interests.discovery.evidence import Evidence, Item
from services.ranker.interests.discovery.facets import find_facets
from services.ranker.interests.discovery.phrases import phrases_of
from services.ranker.learning.lexicon import Bag, bag_of, lexicon_of
from services.ranker.learning.similarity import Array, Pool, Projector, empty_pool
from services.ranker.learning.taste import Taste, learn
from services.ranker.missed.clicks import (
    Trial,
    added_by_follow,
    boost_clicks,
    follow_clicks,
    follow_of,
    tried_clicks,
)
from services.ranker.missed.missed_papers import find_missed
from services.ranker.missed.not_seen import KnownFacet, known_facets, nearest_facet, own_phrases
from services.ranker.missed.past_days import PastDay
from services.ranker.replay.days import RecordedDay
from services.ranker.search.index.memory_index import MemoryIndex
from services.ranker.selection.picking import Contender, Quota, select_papers
from services.ranker.settings import RankerSettings
from shared.contracts import InterestFacet, Label
from shared.store.papers.metadata import Paper
from shared.store.people.missed import Click
from shared.store.people.preferences import Rating
from shared.store.selections import Candidate
from shared.store.tagging.tag_index import TagIndex
from shared.store.vectors.embeddings import Vectors
from tests.bench.picks.bench_likes import World, half_of, open_world

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
PAST, LATER, A_DAY, PER_DAY, FIRST_LIKES = 60, 20, 150, 10, 20
KINDS = ("words", "few words", "author", "nothing", "interest")
PAPERS_OF_A_PHRASE = {"words": range(40, 151), "few words": range(20, 40)}
SETTINGS = RankerSettings(per_day=PER_DAY, explore=0, audit=0)


@dataclass
class Person:
    """What a person wants: the library, and something that was planted; the author of a paper, where there is one."""

    library: set[int]
    planted: set[int]
    authors: dict[int, str] = field(default_factory=dict)
    planted_name: str = ""
    known: set[int] = field(default_factory=set)

    @property
    def wanted(self) -> set[int]:
        return self.library | self.planted


@dataclass
class Corpus:
    """The papers of all people, asked as follows ask."""

    world: World
    bags: list[Bag]
    index: MemoryIndex
    by_phrase: dict[str, frozenset[int]]

    def matching(self, click: Click, person: Person) -> frozenset[int]:
        if click.kind == "author":
            return frozenset(row for row, name in person.authors.items() if name == click.value)
        filters = filters_of_follow(follow_of(click), TagIndex({}))
        return frozenset(row_of(name) for name in self.index.passing(filters)) if filters else frozenset()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=30, help="how many of each kind")
    parser.add_argument("--kinds", default=",".join(KINDS), help="with commas")
    parser.add_argument("--vectors", type=Path, help="vectors of the titles; made and kept here")
    asked = parser.parse_args()
    with threadpool_limits(1, "blas"):
        corpus = open_corpus(asked.vectors)
        for kind in asked.kinds.split(","):
            print(json.dumps(measured(corpus, kind, asked.people)), flush=True)


def open_corpus(kept: Path | None) -> Corpus:
    world = open_world(kept)
    index = MemoryIndex()
    index.add(_paper(row, title) for row, title in enumerate(world.titles))
    by_phrase: dict[str, set[int]] = {}
    for row, title in enumerate(world.titles):
        for phrase in phrases_of(title):
            by_phrase.setdefault(" ".join(phrase), set()).add(row)
    fit = {phrase: frozenset(rows) for phrase, rows in by_phrase.items() if 20 <= len(rows) <= 150}
    return Corpus(world, [bag_of(title) for title in world.titles], index, dict(sorted(fit.items())))


def measured(corpus: Corpus, kind: str, people: int) -> dict[str, Any]:
    started = time.perf_counter()
    users = [user for user, items in corpus.world.users.items() if half_of(user) == "held-out" and len(items) >= 40]
    found = [lived(corpus, kind, user) for user in users[:people]]
    offers = [offer for person in found for offer in person["offers"]]
    changes = [np.mean([one["precision"] for one in person["offers"]]) for person in found if person["offers"]]
    finding = [np.mean([one["more"] > 0 for one in person["offers"]]) for person in found if person["offers"]]
    more = [np.mean([one["more"] for one in person["offers"]]) for person in found if person["offers"]]
    untested = [person["untested"] for person in found if person["untested"] is not None]
    return {
        "kind": kind,
        "people": people,
        "missed and found by a person": round(float(np.mean([person["missed"] for person in found])), 1),
        "people with something planted to find": sum(person["findable"] for person in found),
        "of these, offered a click for it": sum(person["findable"] and person["hit"] for person in found),
        "clicks offered": len(offers),
        "of these, for what was planted": sum(one["planted"] for one in offers),
        "brought more later (share of clicks, by person)": interval(finding),
        "more wanted papers later, a click": interval(more),
        "precision later, change in points": interval([100 * float(change) for change in changes]),
        "clicks that lowered it": sum(one["precision"] < 0 for one in offers),
        "the same of clicks drawn from those tried": interval([100 * one for one in untested]),
        "precision without": round(float(np.mean([person["before"] for person in found])), 3),
        "kinds": dict(Counter(one["kind"] for one in offers)),
        "seconds a person": round((time.perf_counter() - started) / people, 1),
    }


def lived(corpus: Corpus, kind: str, user: int) -> dict[str, Any]:
    """One person's days, what is offered at their end, and what it does on the days that follow."""
    rng = np.random.default_rng([user, KINDS.index(kind)])
    person = person_of(corpus, kind, user, rng)
    liked = rng.permutation(sorted(person.library))[:FIRST_LIKES].tolist() + sorted(person.known)
    coming = rng.permutation([row for row in range(len(corpus.world.titles)) if row not in set(liked)])
    likes, dislikes, ratings = list(liked), list[int](), dict[str, Rating]()
    later: list[tuple[datetime, int]] = []
    days: list[PastDay] = []
    picks: list[Candidate] = []
    projector = Projector(corpus.world.background)
    taste = taste_of(corpus, likes, dislikes, projector)
    for day in range(PAST + LATER):
        moment = START + timedelta(days=day)
        for at, row in [one for one in later if one[0] < moment and name_of(one[1]) not in ratings]:
            ratings[name_of(row)] = rating(row, "like", at, "import")
            likes.append(row)
        if day % 2 == 0 and day < PAST:
            taste = taste_of(corpus, likes, dislikes, projector)
        rows = coming[day * A_DAY : (day + 1) * A_DAY].tolist()
        recorded = selected(corpus, taste, moment, rows)
        vectors = Vectors([name_of(row) for row in rows], corpus.world.vectors[rows])
        days.append(PastDay(recorded, vectors, SETTINGS))
        shown = [one for one in recorded.candidates if one.outcome == "picked"]
        picks += shown
        for row in (row_of(one.paper_id) for one in shown):
            label: Label | None = "like" if row in person.wanted and rng.random() < 0.8 else None
            if row not in person.wanted and rng.random() < 0.1:
                label = "dislike"
            if label:
                ratings[name_of(row)] = rating(row, label, moment + timedelta(hours=2), "reader")
                (likes if label == "like" else dislikes).append(row)
        unseen = person.wanted & set(rows) - {row_of(one.paper_id) for one in shown}
        later += [
            (moment + timedelta(days=float(rng.integers(1, 8))), row) for row in sorted(unseen) if rng.random() < 0.34
        ]
    past = {name: one for name, one in ratings.items() if one.occurred_at < START + timedelta(days=PAST)}
    found = facets_of(corpus, past, liked) if kind == "interest" else []
    return judged(corpus, person, days, picks, ratings, found, rng)


def judged(
    corpus: Corpus,
    person: Person,
    days: Sequence[PastDay],
    picks: Sequence[Candidate],
    ratings: dict[str, Rating],
    found: Sequence[InterestFacet],
    rng: np.random.Generator,
) -> dict[str, Any]:
    until = START + timedelta(days=PAST)
    known = {name: one for name, one in ratings.items() if one.occurred_at < until}
    past, ahead = days[:PAST], days[PAST:]
    missed = find_missed([day.recorded for day in past], picks, known)

    def papers_of(click: Click) -> frozenset[str]:
        return frozenset(map(name_of, corpus.matching(click, person)))

    by_id = {name_of(row): vector for row, vector in enumerate(corpus.world.vectors)}
    facets = known_facets(found, [one.paper_id for one in missed], by_id, corpus.world.vectors[::6])
    trial = Trial(past, {name: one.label for name, one in known.items()}, papers_of)
    clicks: dict[tuple[str, str], Click] = {}
    drawn: list[Click] = []
    asked_for: dict[str, list[Click]] = {}
    for one in missed:
        row = row_of(one.paper_id)
        authors = [person.authors[row]] if row in person.authors else []
        asked = follow_clicks(authors, own_phrases(_paper(row, corpus.world.titles[row])), ())
        asked += boost_clicks(*nearest_facet(corpus.world.vectors[row], facets))
        asked_for[one.paper_id] = asked
        usable = [click for click in asked if click.kind != "boost" and len(papers_of(click)) > 1]
        drawn += [usable[int(rng.integers(len(usable)))]] if usable else []
    for offered, _ in tried_clicks(trial, asked_for, facets).values():
        clicks |= {(click.kind, click.value): click for click in offered}
    offers = [tried_later(corpus, person, ahead, click, facets) for click in clicks.values()]
    by_chance = [tried_later(corpus, person, ahead, click)["precision"] for click in drawn[:10]]
    before = [row_of(name) in person.wanted for day in ahead for name in day.picks]
    return {
        "missed": len(missed),
        "findable": sum(row_of(one.paper_id) in person.planted for one in missed) >= 3 and bool(person.planted_name),
        "hit": any(one["planted"] for one in offers),
        "offers": offers,
        "untested": float(np.mean(by_chance)) if by_chance else None,
        "before": float(np.mean(before)),
    }


def tried_later(
    corpus: Corpus, person: Person, ahead: Sequence[PastDay], click: Click, facets: Sequence[KnownFacet] = ()
) -> dict[str, Any]:
    """What a click changes on later days, by what the person wants in truth."""
    boosted = [known.direction for known in facets if click.kind == "boost" and known.facet.key == click.value]
    rows = frozenset[int]() if boosted else corpus.matching(click, person)
    match = MatchedFollow(follow_of(click), frozenset(map(name_of, rows)))
    gained, lost, shown = list[int](), list[int](), 0
    for day in ahead:
        by_follow = added_by_follow(day, match, (), SETTINGS.follow_boost)
        after = day.picks_with(facet_adjustment(day.matrix, boosted) if boosted else by_follow)
        gained += [row_of(name) for name in after - day.picks]
        lost += [row_of(name) for name in day.picks - after]
        shown += len(day.picks)
    more = sum(row in person.wanted for row in gained)
    less = sum(row in person.wanted for row in lost)
    members = [known.facet.paper_ids for known in facets if click.kind == "boost" and known.facet.key == click.value]
    rows |= {row_of(name) for paper_ids in members for name in paper_ids}
    planted = len(rows & (person.planted | person.known)) >= 0.5 * len(rows)
    return {"kind": click.kind, "planted": planted, "more": more, "precision": (more - less) / max(shown, 1)}


def person_of(corpus: Corpus, kind: str, user: int, rng: np.random.Generator) -> Person:
    """A library and what is planted beside it; authors are invented, three papers each."""
    library = set(corpus.world.users[user])
    everything = len(corpus.world.titles)
    authors = {row: f"Author {number // 3}" for number, row in enumerate(rng.permutation(everything).tolist())}
    if kind in PAPERS_OF_A_PHRASE:
        fit = {phrase: rows for phrase, rows in corpus.by_phrase.items() if len(rows) in PAPERS_OF_A_PHRASE[kind]}
        strange = [phrase for phrase, rows in fit.items() if len(rows & library) <= 1]
        phrase = strange[int(rng.integers(len(strange)))]
        rows = sorted(corpus.by_phrase[phrase])
        return Person(library, {row for row in rows if rng.random() < 0.8}, authors, phrase)
    if kind == "interest":
        return interested(corpus, library, authors, rng)
    rows = rng.choice(everything, 40, replace=False).tolist()
    if kind == "author":
        authors |= dict.fromkeys(rows, "Ada Planted")
        return Person(library, {row for row in rows if rng.random() < 0.7}, authors, "Ada Planted")
    return Person(library, set(rows), authors)


def interested(corpus: Corpus, library: set[int], authors: dict[int, str], rng: np.random.Generator) -> Person:
    """A person with a small interest around a paper that is far from the library."""
    vectors = corpus.world.vectors
    nearness = vectors @ vectors[sorted(library)].mean(axis=0)
    far = np.flatnonzero(nearness < np.quantile(nearness, 0.3))
    centre = int(far[int(rng.integers(len(far)))])
    near = np.argsort(-(vectors @ vectors[centre]))[:60].tolist()
    wanted = [row for row in near if rng.random() < 0.8]
    known = rng.permutation(wanted)[:8].tolist()
    return Person(library, set(wanted) - set(known), authors, "an interest", set(known))


def facets_of(corpus: Corpus, ratings: Mapping[str, Rating], liked_first: Sequence[int]) -> list[InterestFacet]:
    """The facets of all likes, as the interests page would have them."""
    likes = sorted({*liked_first, *(row_of(name) for name, one in ratings.items() if one.label == "like")})
    sample = [row for row in corpus.world.others[:3000].tolist() if row not in set(likes)]
    items = [Item(name_of(row), corpus.world.titles[row], "", "cs.LG") for row in (*likes, *sample)]
    evidence = Evidence(items, corpus.world.vectors[[*likes, *sample]], len(likes), [])
    return [
        InterestFacet(
            key=facet.key,
            name=facet.name,
            paper_ids=tuple(name_of(likes[row]) for row in facet.rows),
            share=facet.share,
            lift=1.0,
            lift_low=1.0,
            lift_high=1.0,
            lift_within=1.0,
            p_value=facet.p_value,
        )
        for facet in find_facets(evidence)
    ]


def taste_of(corpus: Corpus, likes: Sequence[int], dislikes: Sequence[int], projector: Projector) -> Taste:
    def pool(rows: Sequence[int]) -> Pool:
        if not rows:
            return empty_pool(corpus.world.vectors.shape[1])
        return Pool(tuple(map(str, rows)), corpus.world.vectors[list(rows)], np.ones(len(rows)))

    draft = Taste("me", "typical", "bench", "f", START, pool(likes), pool(dislikes), pool([]))
    lexicon = lexicon_of([corpus.bags[row] for row in likes], [corpus.bags[row] for row in dislikes], corpus.world.bags)
    return replace(learn(draft, projector.background, SETTINGS.regression_from, projector), lexicon=lexicon)


def selected(corpus: Corpus, taste: Taste, moment: datetime, rows: Sequence[int]) -> RecordedDay:
    matrix = corpus.world.vectors[list(rows)]
    scores: Array = taste.score(matrix, [corpus.bags[row] for row in rows])
    contenders = [Contender(name_of(row), float(score)) for row, score in zip(rows, scores, strict=True)]
    quota = Quota(PER_DAY, 0, SETTINGS.duplicate_cosine, SETTINGS.diversity)
    facts = {"day": moment.date(), "run_id": f"run-{moment:%j}", "made_at": moment}
    told = ("paper_id", "score", "rank", "outcome", "slot")
    candidates = [
        Candidate.model_validate({**{name: getattr(one, name) for name in told}, **facts})
        for one in select_papers(contenders, matrix, quota, "")
    ]
    return RecordedDay(moment.date(), f"run-{moment:%j}", moment, tuple(candidates))


def rating(row: int, label: Label, at: datetime, source: str) -> Rating:
    return Rating(f"{label} {row}", name_of(row), "me", label, source, "me", 1.0, at)


def name_of(row: int) -> str:
    return f"2601.{row:05}"


def row_of(name: str) -> int:
    return int(name.rpartition(".")[2])


def _paper(row: int, title: str) -> Paper:
    return Paper(name_of(row), 1, title, "", (), ("cs.LG",), "cs.LG", START, START)


def interval(values: Sequence[float]) -> str:
    """The mean over people with its 95 % interval (bootstrap)."""
    if not values:
        return "none"
    drawn = np.random.default_rng(0).choice(np.asarray(values), (2000, len(values))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{np.mean(values):.2f} [{low:.2f}, {high:.2f}] ({len(values)} people)"


if __name__ == "__main__":
    main()
