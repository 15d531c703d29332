"""Chances of a like."""

import numpy as np
import pytest

from services.ranker.evaluation.metrics import area_under_curve, brier, ndcg
from services.ranker.learning.calibration import base_rate, calibrate
from services.ranker.learning.lexicon import bag_of, lexicon_of


@pytest.mark.parametrize("ratings", [2, 6, 12, 30, 100])
@pytest.mark.parametrize("strength", [0.0, 0.7, 2.0])
def test_brier_is_no_worse_than_the_base_rate_at_any_number_of_ratings(ratings: int, strength: float) -> None:
    """Over simulated owners whose likes follow the score strongly, weakly or not at all."""
    rng = np.random.default_rng(ratings)
    differences = []
    for _ in range(40):
        lean = rng.normal(0, 1)
        scores = rng.normal(size=ratings + 300)
        labels = (rng.random(ratings + 300) < 1 / (1 + np.exp(-(strength * scores + lean)))).astype(float)
        known, later = slice(0, ratings), slice(ratings, None)
        found = calibrate(scores[known], labels[known])
        base = base_rate(labels[known])
        differences.append(
            brier(labels[later], found.probabilities(scores[later])) - brier(labels[later], np.full(300, base))
        )
    assert float(np.mean(differences)) <= 0.002
    if strength == 2.0 and ratings >= 60:
        assert float(np.mean(differences)) < -0.02


def test_likes_alone_give_the_base_rate() -> None:
    found = calibrate(np.array([1.0, 2.0, 3.0]), np.ones(3))
    assert not found.says_more
    assert found.probabilities(np.array([-5.0, 5.0])) == pytest.approx(0.8)


def test_scores_that_mislead_are_not_turned_round() -> None:
    found = calibrate(np.linspace(-2, 2, 60), (np.linspace(-2, 2, 60) < 0).astype(float))
    assert not found.says_more


def test_measures_are_those_of_scikit_learn() -> None:
    from sklearn.metrics import ndcg_score, roc_auc_score

    rng = np.random.default_rng(0)
    liked, scores = rng.random(50) < 0.3, rng.normal(size=50)
    assert area_under_curve(liked, scores) == pytest.approx(roc_auc_score(liked, scores))
    assert ndcg(liked, scores, 10) == pytest.approx(ndcg_score([liked.astype(float)], [scores], k=10))
    assert np.isnan(area_under_curve([1, 1], [0.1, 0.2]))


def test_a_liked_author_and_a_liked_word_speak_for_a_paper() -> None:
    others = [bag_of(f"plain words number {n}", [f"Author {n}"], ["cs.LG"]) for n in range(100)]
    liked = [bag_of("pruning of networks", ["Ann Lee"], ["cs.LG"]) for _ in range(5)]
    lexicon = lexicon_of(liked, [], others)
    assert lexicon is not None
    same_author, same_words, neither = lexicon.z_scores(
        [bag_of("galaxies far away", ["Ann Lee"]), bag_of("pruning of trees", ["B"]), bag_of("stars", ["C"])]
    )
    assert same_author > neither
    assert same_words > neither
    assert lexicon_of([], [], others) is None
