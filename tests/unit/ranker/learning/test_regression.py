"""The regression, its weights, and what it would be without one example."""

import numpy as np
import pytest

from services.ranker.learning.logistic import fit_line, fit_logistic
from services.ranker.learning.regression import example_weights, fit_regression
from shared.store.vectors.embeddings import Matrix
from tests.unit.ranker.world import DIMENSION, topic_vector

NOTHING = np.empty((0, DIMENSION), np.float32)


def papers(topic: int, count: int, start: int) -> Matrix:
    return np.array([topic_vector(topic, start + number) for number in range(count)])


def others(count: int) -> Matrix:
    return np.array([topic_vector(2 + number % 2, 5000 + number) for number in range(count)])


def test_real_dislikes_weigh_most_and_all_random_papers_as_much_as_all_likes() -> None:
    weights = example_weights(np.ones(30), np.ones(5), 5000)
    likes, dislikes, randoms = weights[:30], weights[30:35], weights[35:]
    assert dislikes.min() > likes.max() > randoms.max()
    assert randoms.sum() == pytest.approx(likes.sum())


def test_likes_alone_are_learned_against_random_papers() -> None:
    model = fit_regression(papers(0, 30, 0), NOTHING, others(100), (np.ones(30), np.ones(0)))
    assert model.logits(papers(0, 10, 900)).min() > model.logits(others(20)).max()


def test_a_fit_is_the_same_every_time() -> None:
    weights = (np.ones(30), np.ones(9))
    fits = [fit_regression(papers(0, 30, 0), papers(1, 9, 100), others(100), weights) for _ in range(2)]
    assert (fits[0].coefficients == fits[1].coefficients).all()


def test_the_optimum_is_that_of_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    examples = np.concatenate([papers(0, 40, 0), papers(1, 60, 100)])
    labels, weights = np.repeat([1.0, 0.0], [40, 60]), np.linspace(0.5, 2, 100)
    fit = fit_logistic(examples, labels, weights, 3.0)
    plain = LogisticRegression(C=3.0, tol=1e-8, max_iter=2000).fit(examples, labels, sample_weight=weights)
    assert fit.coefficients == pytest.approx(plain.coef_[0], abs=2e-3)
    assert fit.intercept == pytest.approx(plain.intercept_[0], abs=2e-3)


def test_leaving_one_out_is_foretold_without_a_new_fit() -> None:
    rng = np.random.default_rng(0)
    examples = rng.normal(size=(120, 8)).astype(np.float32)
    labels = (examples[:, 0] + rng.normal(size=120) > 0).astype(np.float64)
    fit = fit_logistic(examples, labels, np.ones(120), 3.0)
    for row in range(6):
        rest = np.arange(120) != row
        again = fit_logistic(examples[rest], labels[rest], np.ones(119), 3.0)
        assert fit.left_out[row] == pytest.approx(examples[row] @ again.coefficients + again.intercept, abs=0.03)


@pytest.mark.parametrize("spread", [0.1, 1.0, 30.0])
def test_a_line_is_fitted_as_the_regression_fits_it(spread: float) -> None:
    rng = np.random.default_rng(5)
    labels = np.array([0.0, 1.0] * 100)
    values = np.asarray(spread * (rng.normal(size=200) + labels))
    fit = fit_logistic(values.astype(np.float32)[:, None], labels, np.ones(200), 1.0)
    np.testing.assert_allclose(
        fit_line(values, labels, 1.0), (fit.coefficients[0], fit.intercept), rtol=0.02, atol=0.01
    )


def test_a_line_that_parts_the_labels_fully_stays_finite() -> None:
    slope, intercept = fit_line(np.array([-100.0, -99.0, 99.0, 100.0]), np.array([0.0, 0.0, 1.0, 1.0]), 1.0)
    assert 0 < slope < 10
    assert abs(intercept) < 10


def test_pulls_are_told_of_as_many_examples_as_are_asked_for() -> None:
    rng = np.random.default_rng(5)
    examples, labels = rng.normal(size=(60, 4)).astype(np.float32), np.array([0.0, 1.0] * 30)
    whole, some = fit_logistic(examples, labels, np.ones(60), 3.0), fit_logistic(examples, labels, np.ones(60), 3.0, 20)
    np.testing.assert_allclose(some.influence_weights, whole.influence_weights[:20], rtol=1e-5)
    np.testing.assert_allclose(some.left_out, whole.left_out[:20], rtol=1e-4)
