"""Tastes: regimes, the way from one to the next, scores and influences."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from services.ranker.learning.background_papers import background_of
from services.ranker.learning.contrast import Contrast
from services.ranker.learning.regimes import Regime, regime_of, share_of_regression
from services.ranker.learning.similarity import Pool, empty_pool
from services.ranker.learning.taste import Taste, fingerprint_of, learn
from shared.store.people.preferences import Rating
from shared.store.vectors.embeddings import Matrix
from tests.unit.ranker.world import DIMENSION, MORNING, topic_vector

LIKED, DISLIKED = 0, 1


def papers(topic: int, count: int, start: int) -> Matrix:
    return np.array([topic_vector(topic, start + number) for number in range(count)])


def pool(topic: int, count: int, start: int, kind: str = "paper") -> Pool:
    if not count:
        return empty_pool(DIMENSION)
    return Pool(tuple(f"{kind}-{start + n}" for n in range(count)), papers(topic, count, start), np.ones(count))


def others(count: int = 300) -> Matrix:
    return np.array([topic_vector(number % 4, 50_000 + number) for number in range(count)])


def taste(likes: int, dislikes: int, seeds: int = 0, regression_from: int = 25) -> Taste:
    draft = Taste(
        user="me",
        regime="typical",
        model="test",
        fingerprint="f",
        fitted_at=MORNING,
        likes=pool(LIKED, likes, 1000),
        dislikes=pool(DISLIKED, dislikes, 2000),
        seeds=pool(LIKED, seeds, 3000, "seed"),
    )
    background = background_of([f"other-{number}" for number in range(300)], others())
    return learn(draft, background, regression_from)


@pytest.mark.parametrize(
    ("likes", "dislikes", "seeds", "has_others", "regime"),
    [
        (0, 0, 0, True, "typical"),
        (0, 0, 2, True, "seeds"),
        (1, 0, 0, True, "similarity"),
        (0, 3, 0, True, "similarity"),
        (12, 12, 0, True, "similarity"),
        (12, 13, 0, True, "regression"),
        (25, 0, 0, True, "regression"),
        (25, 0, 0, False, "similarity"),
        (24, 1, 0, False, "regression"),
        (0, 25, 0, True, "similarity"),
        (0, 1000, 5, True, "similarity"),
    ],
)
def test_the_evidence_decides_the_regime(
    likes: int, dislikes: int, seeds: int, has_others: bool, regime: Regime
) -> None:
    assert regime_of(likes, dislikes, seeds, 25, has_others=has_others) == regime


def test_the_regression_gains_weight_little_by_little() -> None:
    shares = [share_of_regression(ratings, 25) for ratings in range(2000)]
    assert shares == sorted(shares)
    assert shares[0] == 0.5
    assert shares[-1] < 2 / 3
    assert max(np.diff(shares)) < 0.01


def test_the_order_of_papers_does_not_jump_when_the_regression_begins() -> None:
    """The same ratings, seen as just too few and as just enough: nearly the same ranking."""
    candidates = others(200)
    before = taste(15, 10, regression_from=26).score(candidates)
    after = taste(15, 10, regression_from=25).score(candidates)
    ranks = [np.argsort(np.argsort(-scores)) for scores in (before, after)]
    assert np.corrcoef(ranks[0], ranks[1])[0, 1] > 0.97


@pytest.mark.parametrize(("likes", "dislikes"), [(1, 0), (3, 3), (20, 4), (20, 5), (25, 0), (40, 20), (200, 100)])
def test_what_is_liked_comes_before_the_rest_and_that_before_what_is_disliked(likes: int, dislikes: int) -> None:
    learned = taste(likes, dislikes)
    wanted = learned.score(papers(LIKED, 50, 9000))
    unwanted = learned.score(papers(DISLIKED, 50, 9100))
    neutral = learned.score(papers(2, 50, 9200))
    assert roc_auc_score([1] * 50 + [0] * 50, [*wanted, *neutral]) > 0.99
    if dislikes:
        assert unwanted.mean() < neutral.mean()
    for scores in (wanted, unwanted, neutral):
        assert ((scores >= 0) & (scores <= 1)).all()


def test_with_dislikes_alone_what_resembles_them_comes_last() -> None:
    learned = taste(0, 40)
    assert learned.regime == "similarity"
    assert learned.score(papers(DISLIKED, 20, 9000)).max() < learned.score(papers(2, 20, 9100)).min()


def test_with_nothing_known_the_typical_paper_of_the_day_comes_first() -> None:
    day = np.concatenate([papers(2, 9, 100), papers(3, 1, 200)])
    scores = taste(0, 0).score(day)
    assert taste(0, 0).regime == "typical"
    assert scores.argmin() == 9


def test_seeds_stand_in_for_likes_and_fade_as_ratings_come() -> None:
    assert taste(0, 0, seeds=2).regime == "seeds"
    assert (
        taste(0, 0, seeds=2).score(papers(LIKED, 5, 9000)).min() > taste(0, 0, seeds=2).score(papers(2, 5, 9100)).max()
    )
    assert taste(5, 0, seeds=2).seeds.weights[0] == pytest.approx(1 - 5 / 25)
    assert len(taste(25, 0, seeds=2).seeds) == 0


def with_odds(contrast: Contrast | None, other: Contrast | None) -> Contrast | None:
    """A contrast on the scale of another."""
    if contrast is None or other is None:
        return contrast
    return replace(contrast, odds=replace(other.odds, midpoint=contrast.odds.midpoint))


@pytest.mark.parametrize(("likes", "dislikes"), [(12, 8), (20, 10), (60, 30)])
def test_the_influence_of_a_rating_is_what_changes_without_it(likes: int, dislikes: int) -> None:
    learned = taste(likes, dislikes)
    vector = topic_vector(LIKED, 7001)
    before = learned.z_scores(vector[None])[0]
    for name, influence in learned.influences(vector)[:3]:
        less = replace(learned, likes=learned.likes.without(name), dislikes=learned.dislikes.without(name))
        without = less.projected()
        if learned.regression is not None:
            refit = learn(less, learned.background, 25)
            without = replace(
                refit,
                contrast=with_odds(refit.contrast, learned.contrast),
                linear_scale=learned.linear_scale,
                near_scale=learned.near_scale,
                regression_share=learned.regression_share,
            )
        assert influence == pytest.approx(before - without.z_scores(vector[None])[0], rel=0.35, abs=0.05)


def test_a_like_speaks_for_its_neighbour_and_a_dislike_against() -> None:
    influences = dict(taste(30, 10).influences(topic_vector(LIKED, 7001)))
    assert sum(weight for name, weight in influences.items() if name < "paper-2000") > 0
    near_dislike = dict(taste(30, 10).influences(topic_vector(DISLIKED, 7001)))
    assert sum(weight for name, weight in near_dislike.items() if name >= "paper-2000") < 0


def test_the_same_evidence_gives_the_same_scores() -> None:
    candidates = others(50)
    assert (taste(30, 10).score(candidates) == taste(30, 10).score(candidates)).all()


def test_scoring_in_blocks_is_scoring_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    candidates = others(50)
    whole = taste(30, 10).score(candidates)
    monkeypatch.setattr("services.ranker.learning.taste._ROWS_AT_ONCE", 7)
    assert taste(30, 10).score(candidates) == pytest.approx(whole, abs=1e-6)
    assert replace(taste(0, 0)).score(candidates[:0]).tolist() == []


def test_another_rating_seed_model_or_dimension_is_another_fingerprint() -> None:
    rating = Rating("e", "2611.00001", "me", "like", "test", "me", 1.0, MORNING)
    base = fingerprint_of([rating], ["a"], "test", 16)
    assert fingerprint_of([rating], ["a"], "test", 16) == base
    changed = [
        fingerprint_of([], ["a"], "test", 16),
        fingerprint_of([replace(rating, label="dislike")], ["a"], "test", 16),
        fingerprint_of([replace(rating, weight=2.0)], ["a"], "test", 16),
        fingerprint_of([rating], ["b"], "test", 16),
        fingerprint_of([rating], ["a"], "other", 16),
        fingerprint_of([rating], ["a"], "test", 17),
    ]
    assert len({base, *changed}) == 7
