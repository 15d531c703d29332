"""Facets: what a user likes more of than chance can explain, each made of the findings that share its papers."""

import hashlib
from collections import Counter
from dataclasses import dataclass

import numpy as np

from services.ranker.interests.association import Finding
from services.ranker.interests.concepts import Concept, Rows
from services.ranker.interests.evidence import Evidence
from services.ranker.interests.grouping import Group, by_papers, by_papers_or_meaning, groups_of, merged
from services.ranker.interests.phrases import as_written, counts_of, phrases_of, telling_phrases
from services.ranker.interests.populations import Population, against_arxiv, against_read
from services.ranker.interests.significance import chance_of, lift_interval

FEWEST_LIKES = 8
FALSE_SHARE = 0.05
_CLEAR_TREND = 0.05
_CROSSES_FROM = 1.8
_LARGEST_SHARE = 0.75
_CATEGORY_LIFT = 3.0
_CATEGORY_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Facet:
    """One interest. `rows` are its liked papers; `lift` with its interval is against all papers that likes are compared
    with (`against`: `arxiv` or `read`), `lift_within` against those of the same categories; `doubt` is how often likes
    drawn at random have anything as sure; `named_by` is the category that says it all, if any does."""

    key: str
    name: str
    rows: Rows
    doubt: float
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
    """The facets, surest first; none from fewer than FEWEST_LIKES likes.

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
    return sorted(facets, key=lambda one: (one.doubt, -len(one.rows)))


def _facet(evidence: Evidence, group: Group) -> Facet:
    rows, surest, population = np.array(sorted(group.rows)), group.surest, group.population
    items = [evidence.items[row] for row in rows]
    categories = Counter(item.category for item in items)
    named_by = _category_of(population, surest.concept)
    is_spread = _effective(categories) >= _CROSSES_FROM and max(categories.values()) <= _LARGEST_SHARE * len(rows)
    trend, direction = _trend(evidence, rows)
    tags = Counter(tag for item in items if item.said for tag in item.said.tags)
    return Facet(
        key=hashlib.sha256(" ".join(sorted(item.paper_id for item in items)).encode()).hexdigest()[:8],
        name=_name(evidence, group),
        rows=rows,
        doubt=group.doubt,
        share=len(rows) / evidence.likes,
        lift=_lift(population, surest),
        lift_within=_lift_within(population, surest),
        categories=tuple(categories.most_common()),
        crosses=is_spread and not named_by,
        named_by=named_by,
        side=_side(evidence, group),
        problem=_part(evidence, rows, "problem"),
        method=_part(evidence, rows, "method"),
        tags=tuple(name for name, count in tags.most_common(4) if count > 1),
        trend=trend,
        direction=direction,
        found_in=tuple(dict.fromkeys(finding.concept.source for finding in group.findings)),
        against=population.against,
    )


def _lift(population: Population, finding: Finding) -> tuple[float, float, float]:
    """The lift, and an interval so wide that those of all concepts that were looked at hold together in 95 %."""
    everything = np.ones(len(population.texts), bool)
    tail = population.trial.surest(population.likes, everything, 0.025)
    marked = len(finding.concept.rows) - len(finding.rows)
    return lift_interval(len(finding.rows), population.likes, marked, population.others, tail)


def _name(evidence: Evidence, group: Group) -> str:
    """A tag's name; else the phrases that tell its papers from others; those that made the findings before others."""
    if group.surest.concept.source == "tags":
        return group.surest.concept.name
    population, rows = group.population, group.population.own_rows(np.array(sorted(group.rows)))
    inside, outside = [population.phrases[row] for row in rows], population.phrases_of_others
    found = {phrase for finding in group.findings for phrase in finding.concept.phrases}
    of_findings = [
        frozenset(p for p in phrases if p in found or any(set(p) >= set(f) for f in found)) for phrases in inside
    ]
    chosen = telling_phrases(of_findings if found else inside, outside, population.others)
    chosen = chosen or telling_phrases(inside, outside, population.others)
    return ", ".join(as_written(chosen, [population.texts[row] for row in rows])) or "unnamed"


def _part(evidence: Evidence, rows: Rows, part: str) -> tuple[str, ...]:
    """What its papers' problems, or methods, have and those of the sample have not."""
    outside = counts_of(phrases_of(getattr(item, part)) for item in evidence.items[evidence.likes :])
    inside = [getattr(item.said, part, "") or getattr(item, part) for item in (evidence.items[row] for row in rows)]
    return tuple(as_written(telling_phrases([phrases_of(text) for text in inside], outside, evidence.others), inside))


def _side(evidence: Evidence, group: Group) -> str:
    """Where it was found, or its words stand: in what papers say of their `problem`, their `method`, or in `both`."""
    stated = group.surest.concept.source.partition(" ")[0]
    if stated in ("problem", "method"):
        return stated
    words = {phrase for finding in group.findings for phrase in finding.concept.phrases}
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


def _lift_within(population: Population, finding: Finding) -> float:
    """How many times more of its papers there are among likes than among others of the same categories."""
    inside = Counter(population.categories[row] for row in finding.concept.rows if row >= population.likes)
    everything = Counter(population.categories[population.likes :])
    overall = (sum(inside.values()) + 0.5) / (population.others + 1)
    expected = sum(
        (inside[category] + 10 * overall) / (everything[category] + 10)
        for category in population.categories[: population.likes]
    )
    return len(finding.rows) / max(expected, 1e-9)


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
    late, late_inside = sum(liked[one] for one in recent), sum(inside[one] for one in recent)
    early, early_inside = sum(liked[one] for one in months) - late, sum(inside[one] for one in months) - late_inside
    if len(months) < 2:
        return trend, "steady"
    if chance_of(late_inside, late, late_inside + early_inside, late + early) <= _CLEAR_TREND:
        return trend, "rising"
    falling = chance_of(early_inside, early, late_inside + early_inside, late + early) <= _CLEAR_TREND
    return trend, "falling" if falling else "steady"
