"""The fit of the logistic regression: the optimum that scikit-learn finds, and what leaving one example out changes."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from services.ranker.learning.logistic import fit_line, fit_logistic
from services.ranker.learning.similarity import Array
from shared.store.vectors.embeddings import Matrix

PENALTY = 20.0


def examples(count: int, dimension: int = 24) -> tuple[Matrix, Array, Array]:
    rng = np.random.default_rng(count)
    labels = (np.arange(count) % 3 == 0).astype(np.float64)
    rows = rng.standard_normal((count, dimension)) + labels[:, None] * (np.arange(dimension) < 4)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32), labels, rng.uniform(0.5, 3.0, count)


@pytest.mark.parametrize("count", [30, 400])
def test_the_optimum_is_that_of_scikit_learn(count: int) -> None:
    rows, labels, weights = examples(count)
    fit = fit_logistic(rows, labels, weights, PENALTY)
    other = LogisticRegression(C=PENALTY, solver="newton-cholesky", tol=1e-6).fit(rows, labels, weights)
    expected = other.decision_function(rows)
    assert np.abs(rows @ fit.coefficients + fit.intercept - expected).max() < 0.02 * expected.std()


def test_a_logit_left_out_is_that_of_a_fit_without_the_example() -> None:
    rows, labels, weights = examples(120)
    fit = fit_logistic(rows, labels, weights, PENALTY, judged=10)
    assert fit.left_out.shape == fit.influence_weights.shape == (10,)
    kept = np.arange(len(rows))
    for row in range(10):
        without = fit_logistic(rows[kept != row], labels[kept != row], weights[kept != row], PENALTY)
        logit = float(rows[row] @ without.coefficients + without.intercept)
        assert fit.left_out[row] == pytest.approx(logit, abs=0.3)


def test_labels_that_are_all_alike_are_fitted_without_an_error() -> None:
    rows, _, weights = examples(30)
    fit = fit_logistic(rows, np.ones(30), weights, PENALTY)
    assert np.isfinite(fit.coefficients).all()
    assert fit.intercept > 0


def test_a_line_is_the_same_model_with_one_number_an_example() -> None:
    rng = np.random.default_rng(0)
    labels = (np.arange(300) % 2).astype(np.float64)
    values = rng.standard_normal(300) + labels
    slope, intercept = fit_line(values, labels, 1.0)
    other = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-6).fit(values[:, None], labels)
    assert (slope, intercept) == pytest.approx((other.coef_[0, 0], other.intercept_[0]), abs=1e-2)
