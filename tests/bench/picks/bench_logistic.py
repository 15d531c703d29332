"""The fit of the logistic regression (scipy's L-BFGS-B, preconditioned) against plain scipy and scikit-learn, for the
same loss. Asserts nothing.

python -m tests.bench.picks.bench_logistic [--dimensions 384,768] [--ratings 50,500,5000] [--repeats 3]

Likes around three topics, dislikes beside them, and 5,000 random papers, weighted as in `learning/regression.py`. One
thread each, and its processor time, so that other programs do not count. `excess` is how much a fit's loss is above the
least that any of them reached, per unit of weight.
"""

import argparse
import json
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from services.ranker.learning.logistic import fit_line, fit_logistic, minimum
from services.ranker.learning.regression import INVERSE_PENALTY, example_weights
from services.ranker.learning.similarity import Array
from shared.store.vectors.embeddings import Matrix

RANDOM_PAPERS = 5_000
TOPICS = 3

Fitted = tuple[float, Array]
"""Seconds, and the coefficients with the intercept last."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--dimensions", default="384,768")
    arguments.add_argument("--ratings", default="50,500,5000")
    arguments.add_argument("--repeats", type=int, default=3)
    asked = arguments.parse_args()
    import sklearn.linear_model  # noqa: F401  # before the limit, which holds for libraries that are loaded

    figures = []
    with threadpool_limits(1, "blas"):
        for dimension in map(int, asked.dimensions.split(",")):
            for ratings in map(int, asked.ratings.split(",")):
                figures.append(compared(dimension, ratings, asked.repeats))
        figures.append(lines(asked.repeats))
    print(json.dumps({"bench": "logistic", "figures": figures}))


def compared(dimension: int, ratings: int, repeats: int) -> dict[str, object]:
    """One size: seconds, ratio to ours and excess loss of each fit."""
    rows, labels, weights = problem(dimension, ratings)
    whole, _ = timed(lambda: fit_logistic(rows[:, :-1], labels, weights, INVERSE_PENALTY, ratings), repeats)
    fits = {name: timed(partial(fit, rows, labels, weights), repeats) for name, fit in FITS.items()}
    losses = {name: loss(rows, labels, weights, beta) for name, (_, beta) in fits.items()}
    least, ours = min(losses.values()), fits["ours"][0]
    print(f"{dimension} dimensions, {ratings} ratings (ours with the leave-one-out parts: {1000 * whole:.0f} ms)")
    shown = {}
    for name, (seconds, _) in fits.items():
        excess = (losses[name] - least) / float(weights.sum())
        print(f"  {name:34} {1000 * seconds:9.1f} ms  x{seconds / ours:6.2f}  excess {excess:.1e}")
        shown[name] = {"ms": round(1000 * seconds, 2), "ratio": round(seconds / ours, 2), "excess": excess}
    return {"dimension": dimension, "ratings": ratings, "whole_ms": round(1000 * whole, 1), "fits": shown}


def problem(dimension: int, ratings: int) -> tuple[Matrix, Array, Array]:
    """Examples with a column of ones (float32), labels and weights."""
    rng = np.random.default_rng(ratings + dimension)
    topics = rng.standard_normal((TOPICS, dimension)) / np.sqrt(dimension)
    likes, dislikes = ratings - ratings // 2, ratings // 2
    liked = topics[rng.integers(TOPICS, size=likes)] + 1.2 * noise(rng, likes, dimension)
    disliked = 0.7 * topics[rng.integers(TOPICS, size=dislikes)] + 1.2 * noise(rng, dislikes, dimension)
    papers = np.concatenate([liked, disliked, noise(rng, RANDOM_PAPERS, dimension)]).astype(np.float32)
    papers /= np.linalg.norm(papers, axis=1, keepdims=True)
    labels = np.concatenate([np.ones(likes), np.zeros(dislikes + RANDOM_PAPERS)])
    weights = example_weights(np.ones(likes), np.ones(dislikes), RANDOM_PAPERS)
    return np.concatenate([papers, np.ones((len(papers), 1), np.float32)], axis=1), labels, weights


def noise(rng: np.random.Generator, count: int, dimension: int) -> Array:
    return np.asarray(rng.standard_normal((count, dimension)) / np.sqrt(dimension))


def penalty_of(rows: Matrix, weights: Array) -> Array:
    penalty = np.full(rows.shape[1], 1.0 / INVERSE_PENALTY)
    penalty[-1] = 1e-6 * max(float(weights.sum()), 1.0)
    return penalty


def ours(rows: Matrix, labels: Array, weights: Array) -> Array:
    return minimum(rows, labels, weights, penalty_of(rows, weights))


def of_scipy(rows: Matrix, labels: Array, weights: Array) -> Array:
    """The same L-BFGS-B as it comes: without the bound on the Hessian."""
    from scipy.optimize import minimize

    slope = slope_of(rows, labels, weights)
    start = np.zeros(rows.shape[1])
    found = minimize(slope, start, jac=True, method="L-BFGS-B", options={"gtol": 1e-3, "ftol": 1e-10, "maxiter": 500})
    return np.asarray(found.x)


def of_sklearn(solver: str) -> Callable[[Matrix, Array, Array], Array]:
    def fit(rows: Matrix, labels: Array, weights: Array) -> Array:
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=INVERSE_PENALTY, solver=solver, tol=1e-4, max_iter=500)
        model.fit(rows[:, :-1], labels, weights)
        return np.append(model.coef_[0], model.intercept_[0]).astype(np.float64)

    return fit


FITS: dict[str, Callable[[Matrix, Array, Array], Array]] = {
    "ours": ours,
    "scipy L-BFGS-B": of_scipy,
    "scikit-learn lbfgs": of_sklearn("lbfgs"),
    "scikit-learn newton-cholesky": of_sklearn("newton-cholesky"),
}


def slope_of(rows: Matrix, labels: Array, weights: Array) -> Callable[[Array], tuple[float, Array]]:
    """The loss and its gradient, with the products in float32 as ours has them."""
    penalty = penalty_of(rows, weights)

    def slope(beta: Array) -> tuple[float, Array]:
        logits = np.asarray(rows @ beta.astype(np.float32), dtype=np.float64)
        value = weights @ (np.logaddexp(0, logits) - labels * logits) + 0.5 * penalty @ beta**2
        errors = (weights * (0.5 * (1 + np.tanh(logits / 2)) - labels)).astype(np.float32)
        return float(value), np.asarray(errors @ rows, dtype=np.float64) + penalty * beta

    return slope


def loss(rows: Matrix, labels: Array, weights: Array, beta: Array) -> float:
    """In float64, so that all are measured alike."""
    logits = rows.astype(np.float64) @ beta
    return float(weights @ (np.logaddexp(0, logits) - labels * logits) + 0.5 * penalty_of(rows, weights) @ beta**2)


def lines(repeats: int) -> dict[str, object]:
    """The fit of one number an example, as calibration asks for it six times a refit."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    labels = (rng.random(500) < 0.5).astype(np.float64)
    values = rng.standard_normal(500) + labels
    mine, _ = timed(lambda: np.array(fit_line(values, labels, 1.0)), 10 * repeats)
    model = LogisticRegression(C=1.0, solver="newton-cholesky")
    theirs, _ = timed(lambda: np.asarray(model.fit(values[:, None], labels).coef_), 10 * repeats)
    print(
        f"a line through 500 ratings: {1000 * mine:.2f} ms, scikit-learn {1000 * theirs:.2f} ms, x{theirs / mine:.1f}"
    )
    return {"line_ms": round(1000 * mine, 3), "sklearn_ms": round(1000 * theirs, 3), "ratio": round(theirs / mine, 1)}


def timed(fit: Callable[[], Array | object], repeats: int) -> Fitted:
    """The least of some runs, after one that imports."""
    found, least = fit(), float("inf")
    for _ in range(repeats):
        start = time.process_time()
        found = fit()
        least = min(least, time.process_time() - start)
    return least, found  # type: ignore[return-value]


if __name__ == "__main__":
    main()
