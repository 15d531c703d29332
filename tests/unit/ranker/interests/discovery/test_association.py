"""P-values of concepts: exact, and adjusted for the choice among all of them."""

import numpy as np
import pytest

from services.ranker.interests.discovery.association import PermutationTest
from services.ranker.interests.discovery.concepts import Concept
from services.ranker.interests.discovery.significance import lift_interval, tail_probability

PAPERS, LIKES = 400, 25


def some_concepts(count: int, size: int, seed: int = 0) -> list[Concept]:
    rng = np.random.default_rng(seed)
    return [Concept(np.sort(rng.choice(PAPERS, size, replace=False)), "words") for _ in range(count)]


def some_likes(rng: np.random.Generator) -> np.ndarray:
    liked = np.zeros(PAPERS, bool)
    liked[rng.choice(PAPERS, LIKES, replace=False)] = True
    return liked


@pytest.fixture(scope="module")
def permutation_test() -> PermutationTest:
    """Concepts of which many overlap."""
    apart = some_concepts(40, 20)
    alike = [Concept(np.union1d(concept.rows, [n]), "words") for concept in apart for n in range(5)]
    return PermutationTest([*apart, *alike], PAPERS)


def test_each_raw_p_value_is_that_of_its_concept_among_the_papers_left(permutation_test: PermutationTest) -> None:
    liked, left = some_likes(np.random.default_rng(1)), np.arange(PAPERS) >= 37
    raw = permutation_test.p_values(liked, left).raw
    for concept, p_value in zip(permutation_test.concepts, raw, strict=True):
        rows = concept.rows[left[concept.rows]]
        hits = int(liked[rows].sum())
        expected = tail_probability(hits, int((liked & left).sum()), len(rows), int(left.sum())) if hits >= 3 else 1.0
        assert p_value == pytest.approx(expected)


def test_among_random_likes_something_is_significant_at_five_percent_in_five_of_a_hundred(
    permutation_test: PermutationTest,
) -> None:
    rng, left = np.random.default_rng(123), np.ones(PAPERS, bool)
    smallest = [permutation_test.p_values(some_likes(rng), left).adjusted.min() for _ in range(2_000)]
    for share in (0.025, 0.05, 0.2):
        claimed = np.mean(np.array(smallest) <= share)
        # P-values are discrete, so the share may be smaller than claimed; larger only by the luck of 2,000 draws.
        assert 0.4 * share < claimed < share + 4 * np.sqrt(share / 2_000)


def test_many_overlapping_concepts_cost_less_power_than_as_many_that_are_apart() -> None:
    likes, left = np.arange(PAPERS) < LIKES, np.ones(PAPERS, bool)
    planted = Concept(np.concatenate([np.arange(6), np.arange(300, 314)]), "words")
    alike = PermutationTest([planted] * 200, PAPERS).p_values(likes, left).adjusted[0]
    apart = PermutationTest([planted, *some_concepts(199, 20)], PAPERS).p_values(likes, left).adjusted[0]
    assert alike < 0.2 * apart


def test_what_the_draws_cannot_tell_is_bounded_by_bonferroni() -> None:
    likes, left = np.arange(PAPERS) < LIKES, np.ones(PAPERS, bool)
    permutation_test = PermutationTest([Concept(np.arange(20), "words"), *some_concepts(99, 20)], PAPERS)
    raw, adjusted = permutation_test.p_values(likes, left)
    assert adjusted[0] == pytest.approx(100 * raw[0])
    assert adjusted[0] < 1e-6


def test_with_fewer_likes_left_than_an_association_needs_nothing_is_significant(
    permutation_test: PermutationTest,
) -> None:
    liked = np.arange(PAPERS) < 2
    assert (permutation_test.p_values(liked, np.ones(PAPERS, bool)).adjusted == 1).all()


@pytest.mark.parametrize("lift", [1.0, 5.0])
def test_the_interval_of_the_strongest_concept_holds_its_true_lift_where_one_that_forgets_the_choice_does_not(
    lift: float,
) -> None:
    rng, others, count, share = np.random.default_rng(0), 1_500, 100, 0.03
    sample = rng.random((others, count)) < share
    tail, held, forgetful = 0.0, 0, 0
    for _ in range(60):
        likes = rng.random((LIKES, count)) < np.where(np.arange(count) < 10, lift * share, share)
        rows = np.vstack([likes, sample])
        permutation_test = PermutationTest(
            [Concept(np.flatnonzero(column), "words") for column in rows.T], len(rows), 400
        )
        tail = tail or permutation_test.smallest_p_value(LIKES, np.ones(len(rows), bool), 0.025)
        raw = permutation_test.p_values(np.arange(len(rows)) < LIKES, np.ones(len(rows), bool)).raw
        best = int(raw.argmin())
        hits, marked = int(likes[:, best].sum()), int(sample[:, best].sum())
        true = (lift if best < 10 else 1.0) * share / (marked / others)
        held += inside(true, lift_interval(hits, LIKES, marked, others, tail))
        forgetful += inside(true, lift_interval(hits, LIKES, marked, others))
    assert held >= 56
    assert forgetful < held


def inside(true: float, interval: tuple[float, float, float]) -> bool:
    return interval[1] <= true <= interval[2]
