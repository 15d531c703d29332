"""Logistic regression with an L2 penalty and weights, fast enough to be fitted again after every rating.

L-BFGS that starts from Böhning's bound on the Hessian (Annals of the Institute of Statistical Mathematics 44, 1992), so
that few steps do. At the end the Hessian itself says what leaving one example out would change (approximate
leave-one-out: Rad, Maleki, JRSS B 82, 2020).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.store.vectors.embeddings import Matrix

Array = NDArray[np.float64]

_ROUNDS = 60
_TOLERANCE = 1e-3
_LONGEST_STEP = 5.0
_SHORTEST_STEP = 1e-4
_REMEMBERED = 10
_ROWS_AT_ONCE = 2_048


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
    rows = np.concatenate([examples, np.ones((len(examples), 1), dtype=np.float32)], axis=1)
    penalty = np.full(rows.shape[1], 1.0 / inverse_penalty)
    penalty[-1] = 1e-6 * max(float(weights.sum()), 1.0)
    beta = _optimum(rows, labels, weights, penalty)
    logits = np.asarray(rows @ beta.astype(np.float32), dtype=np.float64)
    chances = _logistic(logits)
    curvature = weights * chances * (1 - chances)
    inverse = np.linalg.inv(_hessian(rows, curvature, penalty)).astype(np.float32)
    some = slice(judged)
    leverage = _leverage(rows[some], inverse)
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
    """Where the loss is least. All products are numpy's: two libraries' threads get in each other's way."""

    def loss(beta: Array) -> tuple[float, Array]:
        logits = np.asarray(rows @ beta.astype(np.float32), dtype=np.float64)
        value = weights @ (np.logaddexp(0, logits) - labels * logits) + 0.5 * penalty @ beta**2
        errors = (weights * (_logistic(logits) - labels)).astype(np.float32)
        return float(value), np.asarray(errors @ rows, dtype=np.float64) + penalty * beta

    bound: Array = np.linalg.inv(_hessian(rows, weights / 4, penalty)).astype(np.float64)
    beta = np.zeros(rows.shape[1])
    value, slope = loss(beta)
    steps: list[tuple[Array, Array]] = []
    for _ in range(_ROUNDS):
        towards = -_newton(slope, steps[-_REMEMBERED:], bound)
        gain = float(-slope @ towards)
        if gain < _TOLERANCE**2:
            break
        length, (new_value, new_slope) = 1.0, loss(beta + towards)
        while new_value > value - 1e-4 * length * gain and length > _SHORTEST_STEP:
            length /= 2
            new_value, new_slope = loss(beta + length * towards)
        if new_value >= value:
            break
        steps.append((length * towards, new_slope - slope))
        beta, value, slope = beta + length * towards, new_value, new_slope
    return beta


def _newton(slope: Array, steps: Sequence[tuple[Array, Array]], bound: Array) -> Array:
    """The inverse Hessian times a slope, as the last steps and the inverse of its bound have it (L-BFGS, two loops)."""
    towards, shares = slope.copy(), []
    for step, change in reversed(steps):
        share = float(step @ towards) / float(step @ change)
        shares.append(share)
        towards -= share * change
    towards = bound @ towards
    for (step, change), share in zip(steps, reversed(shares), strict=True):
        towards += (share - float(change @ towards) / float(step @ change)) * step
    return towards


def _hessian(rows: Matrix, weights: Array, penalty: Array) -> Array:
    roots = np.sqrt(weights).astype(np.float32)[:, None]
    total = np.diag(penalty)
    for some in _slices(len(rows)):
        scaled = rows[some] * roots[some]
        total += scaled.T @ scaled
    return total


def _leverage(rows: Matrix, inverse: Matrix) -> Array:
    parts = [np.einsum("nd,nd->n", rows[some] @ inverse, rows[some]) for some in _slices(len(rows))]
    return np.concatenate([np.zeros(0), *parts])


def _slices(count: int) -> list[slice]:
    """Few rows at a time stay in the processor's cache, and their copies in memory that was used before."""
    return [slice(start, start + _ROWS_AT_ONCE) for start in range(0, count, _ROWS_AT_ONCE)]


def _logistic(logits: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(logits / 2)))
