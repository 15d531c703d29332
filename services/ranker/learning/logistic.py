"""Logistic regression with an L2 penalty and weights, fast enough to be fitted again after every rating.

L-BFGS-B of scipy, in coordinates in which Böhning's bound on the Hessian is the identity (Annals of the Institute of
Statistical Mathematics 44, 1992), so that few steps do. At the end the Hessian itself says what leaving one example out
would change (approximate leave-one-out: Rad, Maleki, JRSS B 82, 2020). scikit-learn takes about four times as long for
the same loss, and nine times for a line, which is Newton's method here (tests/bench/picks/bench_logistic.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from shared.store.vectors.embeddings import Matrix

Array = NDArray[np.float64]

_ROUNDS = 60
_TOLERANCE = 1e-3
_LONGEST_STEP = 5.0
# Beyond these the rounding of products in float32 would end the line searches.
_OPTIONS = {"maxiter": 60, "gtol": 1e-4, "ftol": 1e-8}
_ROWS_AT_ONCE = 2_048


@dataclass(frozen=True, eq=False)
class Fit:
    """`coefficients` (d) and `intercept`; `inverse` of the Hessian (d + 1 squared, the intercept last).

    Per example, to first order: without it, `left_out` were its own logit, and the parameters were lower by
    `influence_weights[i] * inverse @ (x_i, 1)`.
    """

    coefficients: Array
    intercept: float
    influence_weights: Array
    left_out: Array
    inverse: Matrix


def fit_logistic(
    examples: Matrix, labels: Array, weights: Array, inverse_penalty: float, judged: int | None = None
) -> Fit:
    """Fit n examples (n x d, float32) with labels 0 or 1 and positive weights. The intercept is hardly penalised.

    `influence_weights` and `left_out` are of the first `judged` examples, of all by default.
    """
    import scipy.optimize  # noqa: F401  # before the limit, which holds for libraries that are loaded

    # One thread: beside other programs, two that wait for each other took up to ten times longer.
    with threadpool_limits(1, "blas"):
        return _fitted(examples, labels, weights, inverse_penalty, judged)


def fit_line(values: Array, labels: Array, inverse_penalty: float) -> tuple[float, float]:
    """Slope and intercept of the same model with one number an example: Newton's method in two dimensions."""
    rows = np.stack([values, np.ones(len(values))], axis=1)
    penalty = np.array([1.0 / inverse_penalty, 1e-6 * max(len(values), 1)])
    beta = np.zeros(2)
    for _ in range(_ROUNDS):
        probabilities = _logistic(rows @ beta)
        slope = rows.T @ (labels - probabilities) - penalty * beta
        step = np.linalg.solve((rows.T * (probabilities * (1 - probabilities))) @ rows + np.diag(penalty), slope)
        beta = beta + step * min(1.0, _LONGEST_STEP / max(float(np.abs(rows @ step).max()), 1e-9))
        if float(np.abs(slope).max()) < _TOLERANCE:
            break
    return float(beta[0]), float(beta[1])


def minimum(rows: Matrix, labels: Array, weights: Array, penalty: Array) -> Array:
    """The parameters of least loss (d + 1, as the columns of `rows`)."""
    from scipy.linalg import solve_triangular
    from scipy.optimize import minimize

    root = np.linalg.cholesky(_hessian(rows, weights / 4, penalty))

    def parameters(point: Array) -> Array:
        return np.asarray(solve_triangular(root, point, lower=True, trans="T", check_finite=False))

    def loss(point: Array) -> tuple[float, Array]:
        beta = parameters(point)
        logits = np.asarray(rows @ beta.astype(np.float32), dtype=np.float64)
        value = weights @ (np.logaddexp(0, logits) - labels * logits) + 0.5 * penalty @ beta**2
        errors = (weights * (_logistic(logits) - labels)).astype(np.float32)
        gradient = np.asarray(errors @ rows, dtype=np.float64) + penalty * beta
        return float(value), np.asarray(solve_triangular(root, gradient, lower=True, check_finite=False))

    result = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options=_OPTIONS)
    return parameters(result.x)


def _fitted(examples: Matrix, labels: Array, weights: Array, inverse_penalty: float, judged: int | None) -> Fit:
    rows = np.concatenate([examples, np.ones((len(examples), 1), dtype=np.float32)], axis=1)
    penalty = np.full(rows.shape[1], 1.0 / inverse_penalty)
    penalty[-1] = 1e-6 * max(float(weights.sum()), 1.0)
    beta = minimum(rows, labels, weights, penalty)
    logits = np.asarray(rows @ beta.astype(np.float32), dtype=np.float64)
    probabilities = _logistic(logits)
    curvature = weights * probabilities * (1 - probabilities)
    inverse = np.linalg.inv(_hessian(rows, curvature, penalty)).astype(np.float32)
    rated = slice(judged)
    leverage = _leverage(rows[rated], inverse)
    influence_weights = (weights * (labels - probabilities))[rated] / np.maximum(1 - leverage * curvature[rated], 1e-3)
    return Fit(beta[:-1], float(beta[-1]), influence_weights, logits[rated] - leverage * influence_weights, inverse)


def _hessian(rows: Matrix, weights: Array, penalty: Array) -> Array:
    roots = np.sqrt(weights).astype(np.float32)[:, None]
    total = np.diag(penalty)
    for part in _slices(len(rows)):
        scaled = rows[part] * roots[part]
        total += scaled.T @ scaled
    return total


def _leverage(rows: Matrix, inverse: Matrix) -> Array:
    parts = [np.einsum("nd,nd->n", rows[part] @ inverse, rows[part]) for part in _slices(len(rows))]
    return np.concatenate([np.zeros(0), *parts])


def _slices(count: int) -> list[slice]:
    """Few rows at a time stay in the processor's cache, and their copies in memory that was used before."""
    return [slice(start, start + _ROWS_AT_ONCE) for start in range(0, count, _ROWS_AT_ONCE)]


def _logistic(logits: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(logits / 2)))
