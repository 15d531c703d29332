"""How concepts stand: exact chances, and doubts that account for the choice among all concepts."""

import numpy as np
import pytest

from services.ranker.interests.association import Trial
from services.ranker.interests.concepts import Concept
from services.ranker.interests.significance import chance_of, lift_interval

PAPERS, LIKES = 400, 25


def some_concepts(count: int, size: int, seed: int = 0) -> list[Concept]:
    rng = np.random.default_rng(seed)
    return [Concept(np.sort(rng.choice(PAPERS, size, replace=False)), "words") for _ in range(count)]


def some_likes(rng: np.random.Generator) -> np.ndarray:
    liked = np.zeros(PAPERS, bool)
    liked[rng.choice(PAPERS, LIKES, replace=False)] = True
    return liked


@pytest.fixture(scope="module")
def trial() -> Trial:
    """Concepts of which many overlap."""
    apart = some_concepts(40, 20)
    alike = [Concept(np.union1d(one.rows, [n]), "words") for one in apart for n in range(5)]
    return Trial([*apart, *alike], PAPERS)


def test_each_chance_is_that_of_its_concept_among_the_papers_left(trial: Trial) -> None:
    liked, left = some_likes(np.random.default_rng(1)), np.arange(PAPERS) >= 37
    chances = trial.standing(liked, left).chances
    for concept, chance in zip(trial.concepts, chances, strict=True):
        rows = concept.rows[left[concept.rows]]
        hits = int(liked[rows].sum())
        expected = chance_of(hits, int((liked & left).sum()), len(rows), int(left.sum())) if hits >= 3 else 1.0
        assert chance == pytest.approx(expected)


def test_among_random_likes_something_stands_at_five_percent_in_five_of_a_hundred(trial: Trial) -> None:
    rng, left = np.random.default_rng(123), np.ones(PAPERS, bool)
    standing = [trial.standing(some_likes(rng), left).doubts.min() for _ in range(2_000)]
    for share in (0.025, 0.05, 0.2):
        said = np.mean(np.array(standing) <= share)
        # Chances are discrete, so the share may be less than said; more than said only by the luck of 2,000 draws.
        assert 0.4 * share < said < share + 4 * np.sqrt(share / 2_000)


def test_many_overlapping_concepts_cost_less_sureness_than_as_many_that_are_apart() -> None:
    likes, left = np.arange(PAPERS) < LIKES, np.ones(PAPERS, bool)
    planted = Concept(np.concatenate([np.arange(6), np.arange(300, 314)]), "words")
    alike = Trial([planted] * 200, PAPERS).standing(likes, left).doubts[0]
    apart = Trial([planted, *some_concepts(199, 20)], PAPERS).standing(likes, left).doubts[0]
    assert alike < 0.2 * apart


def test_what_the_draws_cannot_tell_is_bounded_by_bonferroni() -> None:
    likes, left = np.arange(PAPERS) < LIKES, np.ones(PAPERS, bool)
    trial = Trial([Concept(np.arange(20), "words"), *some_concepts(99, 20)], PAPERS)
    chances, doubts = trial.standing(likes, left)
    assert doubts[0] == pytest.approx(100 * chances[0])
    assert doubts[0] < 1e-6


def test_with_fewer_likes_left_than_a_finding_needs_nothing_stands(trial: Trial) -> None:
    liked = np.arange(PAPERS) < 2
    assert (trial.standing(liked, np.ones(PAPERS, bool)).doubts == 1).all()


@pytest.mark.parametrize("lift", [1.0, 5.0])
def test_the_interval_of_the_surest_concept_holds_its_true_lift_where_one_that_forgets_the_choice_does_not(
    lift: float,
) -> None:
    rng, others, count, share = np.random.default_rng(0), 1_500, 100, 0.03
    sample = rng.random((others, count)) < share
    tail, held, forgetful = 0.0, 0, 0
    for _ in range(60):
        likes = rng.random((LIKES, count)) < np.where(np.arange(count) < 10, lift * share, share)
        rows = np.vstack([likes, sample])
        trial = Trial([Concept(np.flatnonzero(column), "words") for column in rows.T], len(rows), 400)
        tail = tail or trial.surest(LIKES, np.ones(len(rows), bool), 0.025)
        chances = trial.standing(np.arange(len(rows)) < LIKES, np.ones(len(rows), bool)).chances
        best = int(chances.argmin())
        hits, marked = int(likes[:, best].sum()), int(sample[:, best].sum())
        true = (lift if best < 10 else 1.0) * share / (marked / others)
        held += inside(true, lift_interval(hits, LIKES, marked, others, tail))
        forgetful += inside(true, lift_interval(hits, LIKES, marked, others))
    assert held >= 56
    assert forgetful < held


def inside(true: float, interval: tuple[float, float, float]) -> bool:
    return interval[1] <= true <= interval[2]
