"""Which concepts of a population have grown, beyond chance and by many independent groups of authors. Pure.

Each concept's newest four weeks are compared with all before, and its newest eight where there are months enough; the
smaller of the two p-values counts, doubled. What is counted are groups of authors in each four weeks, not papers, so
that one prolific group makes nothing rise. False discoveries are bounded by Benjamini and Hochberg's procedure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.ranker.interests.discovery.phrases import Phrase, as_written
from services.ranker.rising.author_groups import author_groups
from services.ranker.rising.growth import adjusted, drift_of, growth_interval, tail_probabilities, windows_covered
from services.ranker.rising.population import Population

FALSE_SHARE = 0.025
"""Of what is shown in each of two populations, chance makes at most so much; so nothing rises for 19 in 20 people
whose fields do not change."""
FEWEST_RECENT, FEWEST_WINDOWS = 100, 3
_WINDOWS_FOR_TWO_SPANS = 4
_SCREEN = 0.05
_FEWEST_GROUPS = 5
_LARGEST_GROUP = 0.5
_FEWEST_WEEKS = 3
_LEAST_GROWTH = 1.5
_SAME_PAPERS = 0.5
_TAIL = 0.025
_MOST = 20
_TEXTS_READ = 200

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class GrowingConcept:
    """A concept that grew. `rows` are its papers, `recent` those of the newest `span` windows.

    `groups` are groups of authors in each window, the newest first; `growth` is how many times more often than before
    by their numbers, infinite where there was none; `least` is its lower end (97.5 %, for the choice among all tested).
    """

    phrases: tuple[Phrase, ...]
    rows: Rows
    recent: Rows
    span: int
    groups: tuple[int, ...]
    growth: float
    least: float
    p_value: float
    also: tuple[str, ...] = ()
    name: str = ""


def covered_windows(population: Population) -> int:
    """How many windows, the newest first, hold papers enough to compare."""
    counts = np.bincount(population.windows, minlength=1)
    return windows_covered(counts.tolist()) if counts[0] >= FEWEST_RECENT else 0


def growing_concepts(population: Population, false_share: float = FALSE_SHARE) -> list[GrowingConcept]:
    """What grew, the surest growth first; none where the papers do not go back far enough."""
    windows = covered_windows(population)
    if windows < FEWEST_WINDOWS:
        return []
    search = _Search(population, windows)
    chosen: list[GrowingConcept] = []
    for concept in sorted(search.significant(false_share), key=lambda concept: (-concept.least, concept.p_value)):
        same = next((other for other in chosen if _overlap(concept.recent, other.recent) >= _SAME_PAPERS), None)
        if same is not None:
            chosen[chosen.index(same)] = replace(same, phrases=(*same.phrases, *concept.phrases))
        elif len(chosen) < _MOST and search.still_grows(concept, chosen):
            chosen.append(concept)
    return [_named(concept, population) for concept in chosen]


class _Search:
    """Counts and expectations of all concepts in the windows that are covered."""

    def __init__(self, population: Population, windows: int) -> None:
        self._population, self._windows = population, windows
        self._concepts = population.concepts
        self._inside = population.windows < windows
        self._window = np.where(self._inside, population.windows, windows)
        counts = self._counts()
        self._totals = counts.sum(axis=0)
        self._papers = np.bincount(self._window[self._inside], minlength=windows)
        self._drift = drift_of(counts[1:], self._papers[1:])
        self._spans = (1, 2) if windows >= _WINDOWS_FOR_TWO_SPANS else (1,)
        self._shares = {span: self._expected_shares(span) for span in self._spans}
        self._p_values = {
            span: tail_probabilities(counts[:span].sum(axis=0), self._totals, self._shares[span], self._drift)
            for span in self._spans
        }

    def significant(self, false_share: float) -> list[GrowingConcept]:
        """The concepts that stand all rules."""
        tests = len(self._concepts)
        smallest = np.min([self._p_values[span] for span in self._spans], axis=0) if tests else np.empty(0)
        screened = np.flatnonzero(smallest * len(self._spans) <= _SCREEN).tolist()
        found = [self._tested(concept) for concept in screened]
        p_values = adjusted(np.array([concept.p_value for concept in found]), tests)
        low = _TAIL * max(1, int((p_values <= false_share).sum())) / max(tests, 1)
        return [
            self._measured(concept, number, float(p_value), low)
            for concept, number, p_value in zip(found, screened, p_values, strict=True)
            if p_value <= false_share and self._stands(concept)
        ]

    def still_grows(self, concept: GrowingConcept, others: Sequence[GrowingConcept]) -> bool:
        """Whether it grows without the papers of those that grew more surely."""
        taken = np.unique(np.concatenate([np.empty(0, np.intp), *(other.rows for other in others)]))
        left = np.setdiff1d(concept.rows, taken)
        groups = self._groups(left)
        share = self._share_of(left, concept.span)
        hits, total = sum(groups[: concept.span]), sum(groups)
        p_value = float(tail_probabilities(hits, total, share, self._drift)) if total else 1.0
        return hits >= _FEWEST_GROUPS and p_value <= _SCREEN / 10

    def _tested(self, number: int) -> GrowingConcept:
        rows = self._concepts.rows(number)
        rows = rows[self._inside[rows]]
        groups = self._groups(rows)
        tails = {
            span: max(
                float(tail_probabilities(sum(groups[:span]), sum(groups), self._shares[span][number], self._drift)),
                float(self._p_values[span][number]),
            )
            for span in self._spans
        }
        span = min(tails, key=lambda key: (tails[key], key))
        recent = rows[self._window[rows] < span]
        return GrowingConcept((), rows, recent, span, groups, 0.0, 0.0, min(1.0, tails[span] * len(tails)))

    def _measured(self, concept: GrowingConcept, number: int, p_value: float, tail: float) -> GrowingConcept:
        share = float(self._shares[concept.span][number])
        growth, least = growth_interval(*self._before(concept), share, tail)
        phrases = (self._concepts.phrase(number),)
        return replace(concept, phrases=phrases, growth=growth, least=least, p_value=p_value)

    def _stands(self, concept: GrowingConcept) -> bool:
        """Many groups, none of them most of it, over several weeks, and growth that matters."""
        authors = [self._population.authors[row] for row in concept.recent]
        sizes = np.bincount(author_groups(authors))
        recent, before = self._before(concept)
        share = self._share_of(concept.rows, concept.span)
        return (
            int((sizes > 0).sum()) >= _FEWEST_GROUPS
            and sizes.max() <= _LARGEST_GROUP * len(concept.recent)
            and len(np.unique(self._population.weeks[concept.recent])) >= _FEWEST_WEEKS
            and growth_interval(recent, before, share, _TAIL)[0] >= _LEAST_GROWTH
        )

    def _before(self, concept: GrowingConcept) -> tuple[int, int]:
        return sum(concept.groups[: concept.span]), sum(concept.groups[concept.span :])

    def _groups(self, rows: Rows) -> tuple[int, ...]:
        """How many groups of authors some papers come from, window by window."""
        authors, window = self._population.authors, self._window[rows]
        parts = [rows[window == number] for number in range(self._windows)]
        return tuple(len(set(author_groups([authors[row] for row in part]))) for part in parts)

    def _counts(self) -> NDArray[np.int_]:
        """Papers of each concept in each window."""
        from scipy.sparse import csr_matrix

        papers = len(self._window)
        ones = np.ones(papers, np.int32)
        which = csr_matrix((ones, (self._window, np.arange(papers))), (self._windows + 1, papers))
        return np.asarray((which @ self._concepts.members).toarray(), dtype=np.int_)[: self._windows]

    def _expected_shares(self, span: int) -> NDArray[np.float64]:
        """Which share of each concept's papers would be recent if they came as the papers of their categories do."""
        weights = self._recent_shares(span) * self._inside
        sums = np.asarray(self._concepts.members.T @ weights).ravel()
        return np.asarray(sums / np.maximum(self._totals, 1), dtype=np.float64)

    def _share_of(self, rows: Rows, span: int) -> float:
        return float(self._recent_shares(span)[rows].mean()) if len(rows) else 0.5

    def _recent_shares(self, span: int) -> NDArray[np.float64]:
        """For each paper the share of its category's papers that are recent."""
        strata = self._population.strata
        papers = np.bincount(strata, weights=self._inside)
        recent = np.bincount(strata, weights=self._window < span)
        return np.asarray(np.clip(recent / np.maximum(papers, 1), 1e-6, 1 - 1e-6)[strata], dtype=np.float64)


def _overlap(rows: Rows, others: Rows) -> float:
    """Of the smaller set of papers the share that the other has too."""
    return len(np.intersect1d(rows, others)) / max(1, min(len(rows), len(others)))


def _named(concept: GrowingConcept, population: Population) -> GrowingConcept:
    """With its phrases as its papers write them: first the longest that has the words of the surest one."""
    texts = [population.papers[row].text for row in concept.recent[:_TEXTS_READ]]
    first = max((phrase for phrase in concept.phrases if set(phrase) >= set(concept.phrases[0])), key=len)
    rest = list(_others(first, concept.phrases))
    name, *also = as_written([first, *rest], texts)
    return replace(concept, phrases=(first, *rest), name=name, also=tuple(also))


def _others(first: Phrase, phrases: Sequence[Phrase]) -> Iterator[Phrase]:
    """Up to three phrases that say something else than the first and than each other."""
    told: set[str] = set(first)
    count = 0
    for phrase in sorted(phrases, key=len, reverse=True):
        if count < 3 and not told & set(phrase):
            told |= set(phrase)
            count += 1
            yield phrase
