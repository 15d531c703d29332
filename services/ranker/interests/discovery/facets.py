"""Facets: what a user likes more of than chance explains, each made of the associations that share its papers."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.ranker.interests.discovery.association import Association
from services.ranker.interests.discovery.concepts import Concept, Rows
from services.ranker.interests.discovery.evidence import Evidence
from services.ranker.interests.discovery.grouping import Group, by_papers, by_papers_or_meaning, groups_of, merged
from services.ranker.interests.discovery.naming import name_of
from services.ranker.interests.discovery.phrases import as_written, counts_of, distinctive_phrases, phrases_of
from services.ranker.interests.discovery.populations import Population, against_arxiv, against_read
from services.ranker.interests.discovery.significance import lift_interval, tail_probability

FEWEST_LIKES = 8
FALSE_SHARE = 0.05
_CLEAR_TREND = 0.05
_CROSSES_FROM = 1.8
_LARGEST_SHARE = 0.75
_CATEGORY_LIFT = 3.0
_CATEGORY_SHARE = 0.5
_KEYED_BY = 3


@dataclass(frozen=True, eq=False)
class Facet:
    """One interest. `rows` are its liked papers; `lift` with its interval is against all papers that likes are compared
    with (`against`: `arxiv` or `read`), `lift_within` against those of the same categories; `p_value` is adjusted for
    all concepts tested; `named_by` is the category that largely covers it, if any does."""

    key: str
    name: str
    rows: Rows
    p_value: float
    share: float
    lift: tuple[float, float, float]
    lift_within: float
    categories: tuple[tuple[str, int], ...]
    crosses: bool
    named_by: str
    side: str
    problem: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    trend: tuple[tuple[str, float], ...] = ()
    direction: str = "steady"
    found_in: tuple[str, ...] = ()
    against: str = "arxiv"


def find_facets(evidence: Evidence) -> list[Facet]:
    """The facets, smallest p-value first; none from fewer than FEWEST_LIKES likes.

    Where likes are a random draw, a facet is claimed in at most 5 % of cases: half of that is spent on what arXiv
    offers, half on what was read.
    """
    if evidence.likes < FEWEST_LIKES or evidence.others < 10 * FEWEST_LIKES:
        return []
    offered, read = against_arxiv(evidence), against_read(evidence)
    groups = groups_of(offered, by_papers_or_meaning(evidence, offered), FALSE_SHARE / 2)
    if read is not None:
        groups = merged(groups, groups_of(read, by_papers(read), FALSE_SHARE / 2))
    facets = [_facet(evidence, group) for group in groups]
    return with_keys_of_their_own(sorted(facets, key=lambda facet: (facet.p_value, -len(facet.rows))))


def with_keys_of_their_own(facets: Sequence[Facet]) -> list[Facet]:
    """The same facets, of which no two have one key."""
    keys = Counter[str]()
    unique: list[Facet] = []
    for facet in facets:
        keys[facet.key] += 1
        repeated = keys[facet.key] > 1
        key = hashlib.sha256(f"{facet.key} {keys[facet.key]}".encode()).hexdigest()[:8] if repeated else facet.key
        unique.append(replace(facet, key=key))
    return unique


def _facet(evidence: Evidence, group: Group) -> Facet:
    rows, strongest, population = np.array(sorted(group.rows)), group.strongest, group.population
    items = [evidence.items[row] for row in rows]
    categories = Counter(item.category for item in items)
    named_by = _category_of(population, strongest.concept)
    is_spread = _effective(categories) >= _CROSSES_FROM and max(categories.values()) <= _LARGEST_SHARE * len(rows)
    trend, direction = _trend(evidence, rows)
    tags = Counter(tag for item in items if item.summary for tag in item.summary.tags)
    return Facet(
        key=_key(evidence, rows),
        name=name_of(group, population.own_rows(rows)),
        rows=rows,
        p_value=group.p_value,
        share=len(rows) / evidence.likes,
        lift=_lift(population, strongest),
        lift_within=_lift_within(population, strongest),
        categories=tuple(categories.most_common()),
        crosses=is_spread and not named_by,
        named_by=named_by,
        side=_side(evidence, group),
        problem=_part(evidence, rows, "problem"),
        method=_part(evidence, rows, "method"),
        tags=tuple(name for name, count in tags.most_common(4) if count > 1),
        trend=trend,
        direction=direction,
        found_in=tuple(dict.fromkeys(association.concept.source for association in group.associations)),
        against=population.against,
    )


def _key(evidence: Evidence, rows: Rows) -> str:
    """By the papers that were liked first: those that come later leave it as it is."""
    oldest = sorted(evidence.items[row].paper_id for row in rows[:_KEYED_BY])
    return hashlib.sha256(" ".join(oldest).encode()).hexdigest()[:8]


def _lift(population: Population, association: Association) -> tuple[float, float, float]:
    """The lift, and an interval so wide that those of all concepts that were looked at hold together in 95 %."""
    everything = np.ones(len(population.texts), bool)
    tail = population.test.smallest_p_value(population.likes, everything, 0.025)
    marked = len(association.concept.rows) - len(association.rows)
    return lift_interval(len(association.rows), population.likes, marked, population.others, tail)


def _part(evidence: Evidence, rows: Rows, part: str) -> tuple[str, ...]:
    """The distinctive phrases of its papers' problems, or methods, against those of the sample."""
    outside = counts_of(phrases_of(getattr(item, part)) for item in evidence.items[evidence.likes :])
    inside = [getattr(item.summary, part, "") or getattr(item, part) for item in (evidence.items[row] for row in rows)]
    chosen = distinctive_phrases([phrases_of(text) for text in inside], outside, evidence.others)
    return tuple(as_written(chosen, inside))


def _side(evidence: Evidence, group: Group) -> str:
    """Where it was found, or its words stand: in what papers say of their `problem`, their `method`, or in `both`."""
    stated = group.strongest.concept.source.partition(" ")[0]
    if stated in ("problem", "method"):
        return stated
    words = {phrase for association in group.associations for phrase in association.concept.phrases}
    problems = sum(len(words & phrases_of(evidence.items[row].problem)) for row in group.rows)
    methods = sum(len(words & phrases_of(evidence.items[row].method)) for row in group.rows)
    if not words or not problems + methods:
        return "both"
    share = methods / (problems + methods)
    return "method" if share >= 0.65 else "problem" if share <= 0.35 else "both"


def _category_of(population: Population, concept: Concept) -> str:
    """The category that most of a concept's papers that nobody liked are of, though few papers are."""
    if concept.category:
        return concept.category
    everything = Counter(population.categories[population.likes :])
    inside = Counter(population.categories[row] for row in concept.rows if row >= population.likes)
    total = max(1, sum(inside.values()))
    for category, count in inside.most_common(1):
        lift = (count / total) / (everything[category] / population.others)
        if count / total >= _CATEGORY_SHARE and lift >= _CATEGORY_LIFT:
            return str(category)
    return ""


def _lift_within(population: Population, association: Association) -> float:
    """How many times more of its papers there are among likes than among others of the same categories."""
    inside = Counter(population.categories[row] for row in association.concept.rows if row >= population.likes)
    everything = Counter(population.categories[population.likes :])
    overall = (sum(inside.values()) + 0.5) / (population.others + 1)
    expected = sum(
        (inside[category] + 10 * overall) / (everything[category] + 10)
        for category in population.categories[: population.likes]
    )
    return len(association.rows) / max(expected, 1e-9)


def _effective(categories: Counter[str]) -> float:
    """How many categories there are in effect: the exponential of their entropy."""
    shares = np.array(list(categories.values())) / categories.total()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _trend(evidence: Evidence, rows: Rows) -> tuple[tuple[tuple[str, float], ...], str]:
    """The facet's share of the likes of the last six months that have any; rising or falling where that is clear."""
    liked = Counter(item.month for item in evidence.items[: evidence.likes] if item.month)
    inside = Counter(evidence.items[row].month for row in rows)
    months = sorted(liked)[-6:]
    trend = tuple((month, inside[month] / liked[month]) for month in months)
    recent = set(months[len(months) // 2 :])
    late, late_inside = sum(liked[month] for month in recent), sum(inside[month] for month in recent)
    early = sum(liked[month] for month in months) - late
    early_inside = sum(inside[month] for month in months) - late_inside
    if len(months) < 2:
        return trend, "steady"
    if tail_probability(late_inside, late, late_inside + early_inside, late + early) <= _CLEAR_TREND:
        return trend, "rising"
    falling = tail_probability(early_inside, early, late_inside + early_inside, late + early) <= _CLEAR_TREND
    return trend, "falling" if falling else "steady"
