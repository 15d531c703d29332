"""Facets: what a user likes more of than chance can explain, each made of the findings that share its papers."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from services.ranker.interests.chance import adjusted, chance_of, lift_interval
from services.ranker.interests.concepts import Concept, Rows, concepts_of
from services.ranker.interests.evidence import Evidence
from services.ranker.interests.phrases import as_written, counts_of, phrases_of, telling_phrases
from shared.store.embeddings import Matrix

FEWEST_LIKES = 8
FALSE_SHARE = 0.02
_FEWEST_PAPERS = 3
_MOST_FACETS = 12
_SAME = 0.5
_SAME_MEANING = 0.5
_LEAST_TRUE = 0.25
_OWN = 3
_CLEAR_TREND = 0.05
_CROSSES_FROM = 1.8
_LARGEST_SHARE = 0.75
_CATEGORY_LIFT = 3.0
_CATEGORY_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Finding:
    """A concept that is commoner among likes; `rows` are those likes, `doubt` the share of false ones among such."""

    concept: Concept
    rows: Rows
    doubt: float


@dataclass(frozen=True, eq=False)
class Facet:
    """One interest. `rows` are its liked papers; `lift` with its 95 % interval is against all of the sample,
    `lift_within` against papers of the same categories; `named_by` is the category that says it all, if any does."""

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
    findings: Sequence[Finding] = field(default=(), repr=False)


def find_facets(evidence: Evidence) -> list[Facet]:
    """The facets, surest first; none from fewer than FEWEST_LIKES likes.

    Where likes are a random draw, a facet is claimed in at most 2 % of cases: each concept's chance is exact, and the
    share of false findings is held down over all of them (Benjamini and Hochberg, 1995).
    """
    if evidence.likes < FEWEST_LIKES or evidence.others < 10 * FEWEST_LIKES:
        return []
    groups = _grouped(evidence, _findings(evidence))
    facets = [_facet(evidence, findings, rows) for findings, rows in groups]
    return sorted(facets, key=lambda one: (one.doubt, -len(one.rows)))


def _findings(evidence: Evidence) -> list[Finding]:
    """The concepts that stand, surest first."""
    concepts = concepts_of(evidence)
    liked = [concept.rows[concept.rows < evidence.likes] for concept in concepts]
    papers = len(evidence.items)
    chances = [
        chance_of(len(rows), evidence.likes, len(concept.rows), papers)
        for concept, rows in zip(concepts, liked, strict=True)
    ]
    doubts = adjusted(np.array(chances))
    standing = [
        Finding(concept, rows, float(doubt))
        for concept, rows, doubt in zip(concepts, liked, doubts, strict=True)
        if doubt <= FALSE_SHARE and len(rows) >= _FEWEST_PAPERS
    ]
    return sorted(standing, key=lambda one: (one.doubt, not one.concept.phrases, -len(one.rows)))


def _grouped(evidence: Evidence, findings: Sequence[Finding]) -> list[tuple[list[Finding], Rows]]:
    """Findings that share most of their papers or mean the same, and the papers of each group.

    A finding joins the surest group that it belongs to; a group needs some papers that no surer group has.
    """
    groups: list[list[Finding]] = []
    middles: list[Matrix] = []
    for finding in (one for one in findings if not one.concept.category):
        middle = _meaning(evidence, finding.concept)
        home = next(
            (
                number
                for number, group in enumerate(groups)
                if _overlap(group[0].rows, finding.rows) >= _SAME or float(middles[number] @ middle) >= _SAME_MEANING
            ),
            None,
        )
        if home is None:
            groups.append([finding])
            middles.append(middle)
        else:
            groups[home].append(finding)
    kept: list[tuple[list[Finding], Rows]] = []
    taken: set[int] = set()
    # A category takes in no other finding, or it would hide the interests that lie within it.
    for group in [*groups, *([one] for one in findings if one.concept.category)]:
        rows = _papers_of(group)
        if len(rows - taken) >= _OWN and len(kept) < _MOST_FACETS:
            kept.append((group, np.array(sorted(rows))))
            taken |= rows
    return kept


def _papers_of(group: Sequence[Finding]) -> set[int]:
    """The liked papers of the surest finding, and those of a third of all."""
    counts = Counter(int(row) for finding in group for row in finding.rows)
    return set(map(int, group[0].rows)) | {row for row, count in counts.items() if 3 * count >= len(group)}


def _meaning(evidence: Evidence, concept: Concept) -> Matrix:
    """What the papers of a concept mean apart from their fields.

    At a length that makes products of two such vectors the cosines that very many papers would show.
    """
    middle = evidence.residuals[concept.rows].mean(axis=0) - evidence.residuals.mean(axis=0)
    square = float(middle @ middle)
    true = max(square - 1 / len(concept.rows), _LEAST_TRUE * square, 1e-12)
    return np.asarray(middle / true**0.5)


def _overlap(one: Rows, other: Rows) -> float:
    return len(np.intersect1d(one, other)) / max(1, min(len(one), len(other)))


def _facet(evidence: Evidence, findings: Sequence[Finding], rows: Rows) -> Facet:
    surest = findings[0]
    items = [evidence.items[row] for row in rows]
    categories = Counter(item.category for item in items)
    lift = lift_interval(len(surest.rows), evidence.likes, len(surest.concept.rows) - len(surest.rows), evidence.others)
    named_by = _category_of(evidence, surest.concept)
    is_spread = _effective(categories) >= _CROSSES_FROM and max(categories.values()) <= _LARGEST_SHARE * len(rows)
    trend, direction = _trend(evidence, rows)
    name = _name(evidence, findings, rows)
    return Facet(
        key=hashlib.sha256(" ".join(sorted(item.paper_id for item in items)).encode()).hexdigest()[:8],
        name=name,
        rows=rows,
        doubt=surest.doubt,
        share=len(rows) / evidence.likes,
        lift=lift,
        lift_within=_lift_within(evidence, surest),
        categories=tuple(categories.most_common()),
        crosses=is_spread and not named_by,
        named_by=named_by,
        side=_side(evidence, findings, rows),
        problem=_part(evidence, rows, "problem"),
        method=_part(evidence, rows, "method"),
        tags=tuple(
            name for name, count in Counter(tag for item in items for tag in item.tags).most_common(4) if count > 1
        ),
        trend=trend,
        direction=direction,
        findings=findings,
    )


def _name(evidence: Evidence, findings: Sequence[Finding], rows: Rows) -> str:
    """The phrases that tell its papers from the sample; those that made the findings before others."""
    inside = [evidence.phrases[row] for row in rows]
    outside = counts_of(evidence.phrases[evidence.likes :])
    found = {phrase for finding in findings for phrase in finding.concept.phrases}
    of_findings = [
        frozenset(p for p in phrases if p in found or any(set(p) >= set(f) for f in found)) for phrases in inside
    ]
    chosen = telling_phrases(of_findings if found else inside, outside, evidence.others)
    chosen = chosen or telling_phrases(inside, outside, evidence.others)
    return ", ".join(as_written(chosen, [evidence.items[row].text for row in rows])) or "unnamed"


def _part(evidence: Evidence, rows: Rows, part: str) -> tuple[str, ...]:
    """What its papers' problems, or methods, have and those of the sample have not."""
    said = [getattr(item, part) for item in evidence.items]
    outside = counts_of(phrases_of(text) for text in said[evidence.likes :])
    inside = [said[row] for row in rows]
    return tuple(as_written(telling_phrases([phrases_of(text) for text in inside], outside, evidence.others), inside))


def _side(evidence: Evidence, findings: Sequence[Finding], rows: Rows) -> str:
    """Where its words stand: in what papers say of their `problem`, of their `method`, or in `both`."""
    words = {phrase for finding in findings for phrase in finding.concept.phrases}
    problems = sum(len(words & phrases_of(evidence.items[row].problem)) for row in rows)
    methods = sum(len(words & phrases_of(evidence.items[row].method)) for row in rows)
    if not words or not problems + methods:
        return "both"
    share = methods / (problems + methods)
    return "method" if share >= 0.65 else "problem" if share <= 0.35 else "both"


def _category_of(evidence: Evidence, concept: Concept) -> str:
    """The category that most of a concept's papers in the sample are of, though few papers are."""
    if concept.category:
        return concept.category
    everything = Counter(evidence.categories[evidence.likes :])
    inside = Counter(evidence.categories[row] for row in concept.rows if row >= evidence.likes)
    total = max(1, sum(inside.values()))
    for category, count in inside.most_common(1):
        lift = (count / total) / (everything[category] / evidence.others)
        if count / total >= _CATEGORY_SHARE and lift >= _CATEGORY_LIFT:
            return str(category)
    return ""


def _lift_within(evidence: Evidence, finding: Finding) -> float:
    """How many times more of its papers there are among likes than among sampled papers of the same categories."""
    inside = Counter(evidence.categories[row] for row in finding.concept.rows if row >= evidence.likes)
    everything = Counter(evidence.categories[evidence.likes :])
    overall = (sum(inside.values()) + 0.5) / (evidence.others + 1)
    expected = sum(
        (inside[category] + 10 * overall) / (everything[category] + 10)
        for category in evidence.categories[: evidence.likes]
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
