"""The linear part of a user's model: logistic regression of likes against dislikes and random papers.

The method is that of arxiv-sanity (a linear model on one's likes against everything else), with real dislikes weighted
most, on projected vectors.
"""

from dataclasses import dataclass

import numpy as np

from services.ranker.learning.logistic import fit_logistic
from services.ranker.learning.similarity import Array
from shared.store.vectors.embeddings import Matrix

INVERSE_PENALTY = 60.0
DISLIKE_WEIGHT = 2.0


@dataclass(frozen=True, eq=False)
class Regression:
    """A linear model. Of each judged paper: its `influence_weights`, and the logit it had if it were `left_out`.

    `inverse` is the inverse Hessian at the optimum: without judged paper i, the logit of x is lower by
    `influence_weights[i] * x' inverse x_i`, to first order.
    """

    coefficients: Array
    intercept: float
    influence_weights: Array
    left_out: Array
    inverse: Matrix

    def logits(self, vectors: Matrix) -> Array:
        """n numbers; their logistic is the probability of a like among as many likes as others."""
        return np.asarray(vectors @ self.coefficients.astype(np.float32), dtype=np.float64) + self.intercept

    def influences(self, vector: Matrix, judged: Matrix) -> Array:
        """How much lower the logit of one vector were without each of the judged papers it was fitted on."""
        ones = np.ones((len(judged), 1), dtype=np.float32)
        similarity = np.concatenate([judged, ones], axis=1) @ (self.inverse @ np.append(vector, np.float32(1)))
        return self.influence_weights * similarity


def fit_regression(wanted: Matrix, unwanted: Matrix, others: Matrix, weights: tuple[Array, Array]) -> Regression:
    """A model of what is wanted against what is unwanted and random papers. Needs a row of the one and of the other.

    All random papers together weigh as much as all that is wanted, and one dislike twice as much as one like.
    """
    examples = np.concatenate([wanted, unwanted, others])
    labels = np.concatenate([np.ones(len(wanted)), np.zeros(len(unwanted) + len(others))])
    judged = len(wanted) + len(unwanted)
    fit = fit_logistic(examples, labels, example_weights(*weights, len(others)), INVERSE_PENALTY, judged)
    return Regression(fit.coefficients, fit.intercept, fit.influence_weights, fit.left_out, fit.inverse)


def example_weights(wanted: Array, unwanted: Array, others: int) -> Array:
    """How much each like, dislike and random paper counts, in this order.

    All dislikes together count at most twice as much as all likes: otherwise the model learns only to reject.
    """
    each = wanted.sum() / others if others else 0.0
    doubled = DISLIKE_WEIGHT * unwanted
    limit = DISLIKE_WEIGHT * wanted.sum() / max(float(doubled.sum()), 1e-9)
    return np.concatenate([wanted, doubled * min(1.0, limit), np.full(others, each)])
