"""Associations that are one interest, one after the other: what is significant is set aside with its papers and what is
left is tested again, so that no facet rests on the papers of a more significant one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.ranker.interests.discovery.association import Association, Mask
from services.ranker.interests.discovery.concepts import Concept, Rows
from services.ranker.interests.discovery.evidence import Evidence
from services.ranker.interests.discovery.populations import Population
from shared.store.vectors.embeddings import Matrix

MOST_GROUPS = 12
_MOST_STEPS = 30
_SAME = 0.5
_SAME_MEANING = 0.5
_LEAST_TRUE = 0.25
_SHARED_BY = 3
# Setting papers aside can make the rest look special; it must look so among all papers too.
_P_VALUE_OF_ALL = 0.1

IsSame = Callable[[Concept, Concept], bool]


@dataclass(eq=False)
class Group:
    """Findings that share most of their papers or mean the same, strongest first; `rows` are their likes."""

    population: Population
    associations: list[Association]
    rows: set[int] = field(default_factory=set)

    @property
    def strongest(self) -> Association:
        return self.associations[0]

    @property
    def p_value(self) -> float:
        return self.strongest.p_value


def groups_of(population: Population, is_same: IsSame, share: float) -> list[Group]:
    """The significant groups; under random likes there are any in at most that share of cases.

    Categories come last: a category takes in no other association, or it would hide the interests that lie within it.
    """
    categories = np.array([bool(concept.category) for concept in population.concepts], dtype=bool)
    stepwise = _StepwiseTest(population, share)
    stepwise.collect(~categories, is_same)
    stepwise.collect(categories, lambda one, other: one is other)
    return stepwise.groups


class _StepwiseTest:
    """Tests the concepts again and again among the papers that are left."""

    def __init__(self, population: Population, share: float) -> None:
        self._population, self._share = population, share
        self._left = np.ones(len(population.texts), bool)
        self._p_values_of_all = population.test.p_values(population.liked, self._left).adjusted
        self._p_value = 0.0
        self.groups: list[Group] = []

    def collect(self, eligible: Mask, is_same: IsSame) -> None:
        for _ in range(_MOST_STEPS):
            significant = self._significant(eligible)
            if not significant or len(self.groups) >= MOST_GROUPS:
                return
            lead = significant[0].concept
            alike = [
                association
                for association in significant
                if association.concept is lead or is_same(lead, association.concept)
            ]
            home = next((group for group in self.groups if is_same(group.strongest.concept, lead)), None)
            if home is None:
                self.groups.append(home := Group(self._population, []))
            home.associations += alike
            home.rows |= _shared([association.rows for association in alike])
            self._left[list(_shared([association.concept.rows for association in alike]))] = False

    def _significant(self, eligible: Mask) -> list[Association]:
        """Those significant among the papers left and not likely to be chance among all, smallest p-value first.

        No p-value is below that of what had to be set aside to see it.
        """
        raw, adjusted = self._population.test.p_values(self._population.liked, self._left)
        concepts = self._population.concepts
        is_significant = (adjusted <= self._share) & (self._p_values_of_all <= _P_VALUE_OF_ALL)
        rows = np.flatnonzero(eligible & is_significant).tolist()
        rows.sort(key=lambda row: (raw[row], not concepts[row].phrases))
        if rows:
            self._p_value = max(self._p_value, float(adjusted[rows[0]]))
        return [
            Association(
                concepts[row], self._population.liked_rows(concepts[row]), max(self._p_value, float(adjusted[row]))
            )
            for row in rows
        ]


def by_papers_or_meaning(evidence: Evidence, population: Population) -> IsSame:
    """Whether two concepts share most of their likes, or mean the same apart from their fields."""
    centroids: dict[int, Matrix] = {}

    def centroid(concept: Concept) -> Matrix:
        if id(concept) not in centroids:
            centroids[id(concept)] = _centroid(evidence, concept.rows)
        return centroids[id(concept)]

    def is_same(one: Concept, other: Concept) -> bool:
        if overlap(population.liked_rows(one), population.liked_rows(other)) >= _SAME:
            return True
        return float(centroid(one) @ centroid(other)) >= _SAME_MEANING

    return is_same


def by_papers(population: Population) -> IsSame:
    """Whether two concepts share most of their likes."""
    return lambda one, other: overlap(population.liked_rows(one), population.liked_rows(other)) >= _SAME


def merged(groups: Sequence[Group], others: Sequence[Group]) -> list[Group]:
    """Two lists of groups as one: those of the second list that have most of their papers in common with one of the
    first join it."""
    merged_groups = list(groups)
    for group in others:
        rows = np.array(sorted(group.rows))
        shares = [(overlap(rows, np.array(sorted(other.rows))), other) for other in groups]
        share, home = max(shares, key=lambda pair: pair[0], default=(0.0, None))
        if home is None or share < _SAME:
            merged_groups.append(group)
        else:
            home.associations += group.associations
            home.rows |= group.rows
    return merged_groups


def overlap(one: Rows, other: Rows) -> float:
    return len(np.intersect1d(one, other)) / max(1, min(len(one), len(other)))


def _shared(rows: Sequence[Rows]) -> set[int]:
    """The papers of the first, and those of a third of all."""
    counts = Counter(int(row) for papers in rows for row in papers)
    return set(map(int, rows[0])) | {row for row, count in counts.items() if _SHARED_BY * count >= len(rows)}


def _centroid(evidence: Evidence, rows: Rows) -> Matrix:
    """The centroid of some papers apart from their fields.

    Scaled so that the product of two of them is the cosine that very many papers would show (a correction for noise).
    """
    mean = evidence.residuals[rows].mean(axis=0) - evidence.residuals.mean(axis=0)
    square = float(mean @ mean)
    true = max(square - 1 / len(rows), _LEAST_TRUE * square, 1e-12)
    return np.asarray(mean / true**0.5)
