"""Findings that are one interest, found one interest after the other: what stands is set aside with its papers, and the
rest is asked again, so that no facet stands on the papers of a surer one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.ranker.interests.association import Finding, Mask
from services.ranker.interests.concepts import Concept, Rows
from services.ranker.interests.evidence import Evidence
from services.ranker.interests.populations import Population
from shared.store.vectors.embeddings import Matrix

MOST_GROUPS = 12
_MOST_STEPS = 30
_SAME = 0.5
_SAME_MEANING = 0.5
_LEAST_TRUE = 0.25
_SHARED_BY = 3
# Setting papers aside can make what is left look special; among all papers it has to look so too.
_DOUBT_OF_ALL = 0.1

IsSame = Callable[[Concept, Concept], bool]


@dataclass(eq=False)
class Group:
    """Findings that share most of their papers or mean the same, surest first; `rows` are their likes."""

    population: Population
    findings: list[Finding]
    rows: set[int] = field(default_factory=set)

    @property
    def surest(self) -> Finding:
        return self.findings[0]

    @property
    def doubt(self) -> float:
        return self.surest.doubt


def groups_of(population: Population, is_same: IsSame, share: float) -> list[Group]:
    """The groups that stand; of likes drawn at random there are any in that share of cases at most.

    Categories come last: a category takes in no other finding, or it would hide the interests that lie within it.
    """
    categories = np.array([bool(one.category) for one in population.concepts], dtype=bool)
    asking = _Asking(population, share)
    asking.take(~categories, is_same)
    asking.take(categories, lambda one, other: one is other)
    return asking.groups


class _Asking:
    """Asks what stands, again and again, of the papers that are left."""

    def __init__(self, population: Population, share: float) -> None:
        self._population, self._share = population, share
        self._left = np.ones(len(population.texts), bool)
        self._doubts_of_all = population.trial.standing(population.liked, self._left).doubts
        self._doubt = 0.0
        self.groups: list[Group] = []

    def take(self, eligible: Mask, is_same: IsSame) -> None:
        for _ in range(_MOST_STEPS):
            standing = self._standing(eligible)
            if not standing or len(self.groups) >= MOST_GROUPS:
                return
            lead = standing[0].concept
            alike = [one for one in standing if one.concept is lead or is_same(lead, one.concept)]
            home = next((group for group in self.groups if is_same(group.surest.concept, lead)), None)
            if home is None:
                self.groups.append(home := Group(self._population, []))
            home.findings += alike
            home.rows |= _shared([finding.rows for finding in alike])
            self._left[list(_shared([finding.concept.rows for finding in alike]))] = False

    def _standing(self, eligible: Mask) -> list[Finding]:
        """The findings, surest first: what stands among the papers left, and is not likely to be chance among all.

        None is surer than what had to be set aside to see it.
        """
        chances, doubts = self._population.trial.standing(self._population.liked, self._left)
        concepts = self._population.concepts
        rows = np.flatnonzero(eligible & (doubts <= self._share) & (self._doubts_of_all <= _DOUBT_OF_ALL)).tolist()
        rows.sort(key=lambda one: (chances[one], not concepts[one].phrases))
        if rows:
            self._doubt = max(self._doubt, float(doubts[rows[0]]))
        return [
            Finding(concepts[one], self._population.liked_rows(concepts[one]), max(self._doubt, float(doubts[one])))
            for one in rows
        ]


def by_papers_or_meaning(evidence: Evidence, population: Population) -> IsSame:
    """Whether two concepts share most of their likes, or mean the same apart from their fields."""
    middles: dict[int, Matrix] = {}

    def middle(concept: Concept) -> Matrix:
        if id(concept) not in middles:
            middles[id(concept)] = _meaning(evidence, concept.rows)
        return middles[id(concept)]

    def is_same(one: Concept, other: Concept) -> bool:
        if overlap(population.liked_rows(one), population.liked_rows(other)) >= _SAME:
            return True
        return float(middle(one) @ middle(other)) >= _SAME_MEANING

    return is_same


def by_papers(population: Population) -> IsSame:
    """Whether two concepts share most of their likes."""
    return lambda one, other: overlap(population.liked_rows(one), population.liked_rows(other)) >= _SAME


def merged(groups: Sequence[Group], others: Sequence[Group]) -> list[Group]:
    """Two lists of groups as one: those of the second list that have most of their papers in common with one of the
    first join it."""
    known = list(groups)
    for group in others:
        rows = np.array(sorted(group.rows))
        shares = [(overlap(rows, np.array(sorted(one.rows))), one) for one in groups]
        share, home = max(shares, key=lambda pair: pair[0], default=(0.0, None))
        if home is None or share < _SAME:
            known.append(group)
        else:
            home.findings += group.findings
            home.rows |= group.rows
    return known


def overlap(one: Rows, other: Rows) -> float:
    return len(np.intersect1d(one, other)) / max(1, min(len(one), len(other)))


def _shared(rows: Sequence[Rows]) -> set[int]:
    """The papers of the first, and those of a third of all."""
    counts = Counter(int(row) for some in rows for row in some)
    return set(map(int, rows[0])) | {row for row, count in counts.items() if _SHARED_BY * count >= len(rows)}


def _meaning(evidence: Evidence, rows: Rows) -> Matrix:
    """What some papers mean apart from their fields.

    At a length that makes products of two such vectors the cosines that very many papers would show.
    """
    middle = evidence.residuals[rows].mean(axis=0) - evidence.residuals.mean(axis=0)
    square = float(middle @ middle)
    true = max(square - 1 / len(rows), _LEAST_TRUE * square, 1e-12)
    return np.asarray(middle / true**0.5)
