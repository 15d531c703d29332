"""Logistic regression with an L2 penalty and weights, fast enough to be fitted again after every verdict.

L-BFGS in coordinates where the loss is nearly round: the Cholesky factor of Böhning's bound on the Hessian (Annals of
the Institute of Statistical Mathematics 44, 1992). At the end the Hessian itself says what leaving one example out
would change (approximate leave-one-out: Rad, Maleki, JRSS B 82, 2020).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.store.embeddings import Matrix

Array = NDArray[np.float64]

_ROUNDS = 60
_TOLERANCE = 1e-3
_LONGEST_STEP = 5.0


@dataclass(frozen=True, eq=False)
class Fit:
    """`coefficients` (d) and `intercept`; `inverse` of the Hessian (d + 1 squared, the intercept last).

    Per example, to first order: without it, `left_out` were its own logit, and the parameters were lower by
    `pulls[i] * inverse @ (x_i, 1)`.
    """

    coefficients: Array
    intercept: float
    pulls: Array
    left_out: Array
    inverse: Matrix


def fit_logistic(
    examples: Matrix, labels: Array, weights: Array, inverse_penalty: float, judged: int | None = None
) -> Fit:
    """Fit n examples (n x d, float32) with labels 0 or 1 and positive weights. The intercept is hardly penalised.

    `pulls` and `left_out` are of the first `judged` examples, of all by default.
    """
    from scipy.linalg import cho_factor, cho_solve

    rows = np.concatenate([examples, np.ones((len(examples), 1), dtype=np.float32)], axis=1)
    penalty = np.full(rows.shape[1], 1.0 / inverse_penalty)
    penalty[-1] = 1e-6 * max(float(weights.sum()), 1.0)
    beta = _optimum(rows, labels, weights, penalty)
    logits = np.asarray(rows @ beta.astype(np.float32), dtype=np.float64)
    chances = _logistic(logits)
    curvature = weights * chances * (1 - chances)
    inverse = cho_solve(cho_factor(_hessian(rows, curvature, penalty)), np.eye(rows.shape[1])).astype(np.float32)
    some = slice(judged)
    leverage = np.einsum("nd,nd->n", rows[some] @ inverse, rows[some]).astype(np.float64)
    pulls = (weights * (labels - chances))[some] / np.maximum(1 - leverage * curvature[some], 1e-3)
    return Fit(beta[:-1], float(beta[-1]), pulls, logits[some] - leverage * pulls, inverse)


def fit_line(values: Array, labels: Array, inverse_penalty: float) -> tuple[float, float]:
    """Slope and intercept of the same model with one number an example: Newton's method in two dimensions."""
    rows = np.stack([values, np.ones(len(values))], axis=1)
    penalty = np.array([1.0 / inverse_penalty, 1e-6 * max(len(values), 1)])
    beta = np.zeros(2)
    for _ in range(_ROUNDS):
        chances = _logistic(rows @ beta)
        slope = rows.T @ (labels - chances) - penalty * beta
        step = np.linalg.solve((rows.T * (chances * (1 - chances))) @ rows + np.diag(penalty), slope)
        beta = beta + step * min(1.0, _LONGEST_STEP / max(float(np.abs(rows @ step).max()), 1e-9))
        if float(np.abs(slope).max()) < _TOLERANCE:
            break
    return float(beta[0]), float(beta[1])


def _optimum(rows: Matrix, labels: Array, weights: Array, penalty: Array) -> Array:
    from scipy.linalg import solve_triangular
    from scipy.optimize import minimize

    factor = np.linalg.cholesky(_hessian(rows, weights / 4, penalty))

    def loss(scaled: Array) -> tuple[float, Array]:
        beta = solve_triangular(factor, scaled, lower=True, trans="T", check_finite=False)
        logits = np.asarray(rows @ beta.astype(np.float32), dtype=np.float64)
        value = weights @ (np.logaddexp(0, logits) - labels * logits) + 0.5 * penalty @ beta**2
        errors = (weights * (_logistic(logits) - labels)).astype(np.float32)
        slope = np.asarray(errors @ rows, dtype=np.float64) + penalty * beta
        return float(value), solve_triangular(factor, slope, lower=True, check_finite=False)

    options = {"maxiter": _ROUNDS, "gtol": _TOLERANCE, "ftol": 1e-8}
    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options=options)
    return np.asarray(solve_triangular(factor, found.x, lower=True, trans="T"))


def _hessian(rows: Matrix, weights: Array, penalty: Array) -> Array:
    scaled = rows * np.sqrt(weights).astype(np.float32)[:, None]
    return np.asarray(scaled.T @ scaled, dtype=np.float64) + np.diag(penalty)


def _logistic(logits: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(logits / 2)))
