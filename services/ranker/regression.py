"""Many verdicts: logistic regression on the vectors, with papers drawn at random as examples of what nobody asked for.

The method is that of arxiv-sanity (a linear model on one's likes against everything else), with real dislikes weighing
most. scikit-learn is imported when a fit is made: it takes a second and memory that a start should not pay.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from services.ranker.similarity import Array, Pool
from shared.store.embeddings import Matrix

INVERSE_PENALTY = 10.0
DISLIKE_WEIGHT = 2.0
_MAX_ITERATIONS = 300


@dataclass(frozen=True, eq=False)
class Regression:
    """A linear model. `like_pulls` and `dislike_pulls` say how hard each verdict pulls (the dual coefficients).

    At the optimum of an L2-penalised logistic loss the coefficients are the sum of `pull_i * vector_i` over all
    examples, and the pulls sum to 0. So with `ground`, the mean of the random papers weighted by their pulls, the
    logit of a paper x is exactly the intercept and `pull_i * (vector_i - ground) . x` of each verdict.
    """

    coefficients: Array
    intercept: float
    like_pulls: Array
    dislike_pulls: Array
    ground: Array

    def logits(self, vectors: Matrix) -> Array:
        """n numbers; their logistic is the probability of a like among as many likes as others."""
        return np.asarray(vectors @ self.coefficients.astype(np.float32), dtype=np.float64) + self.intercept

    def influences(self, vector: Matrix, likes: Pool, dislikes: Pool) -> tuple[Array, Array]:
        """What each like and each dislike it was fitted on adds to the logit of one vector."""
        floor = float(self.ground @ vector)
        wanted = self.like_pulls * (likes.vectors @ vector - floor)
        return wanted, self.dislike_pulls * (dislikes.vectors @ vector - floor)


def fit_regression(likes: Pool, dislikes: Pool, negatives: Matrix) -> Regression:
    """A model of likes against dislikes and random papers. Needs a like, and a dislike or a random paper.

    All random papers together weigh at most as much as all likes, and one dislike twice as much as one like.
    """
    from sklearn.linear_model import LogisticRegression

    examples = np.concatenate([likes.vectors, dislikes.vectors, negatives])
    labels = np.concatenate([np.ones(len(likes)), np.zeros(len(dislikes) + len(negatives))])
    weights = example_weights(likes, dislikes, len(negatives))
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=_MAX_ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not fully converged after so many rounds is near enough to rank by
        model.fit(examples, labels, sample_weight=weights)
    probabilities = model.predict_proba(examples)[:, 1]
    pulls = INVERSE_PENALTY * weights * (labels - probabilities)
    verdicts = len(likes) + len(dislikes)
    return Regression(
        coefficients=np.asarray(model.coef_[0], dtype=np.float64),
        intercept=float(model.intercept_[0]),
        like_pulls=pulls[: len(likes)],
        dislike_pulls=pulls[len(likes) : verdicts],
        ground=_weighted_mean(negatives, -pulls[verdicts:]),
    )


def example_weights(likes: Pool, dislikes: Pool, negatives: int) -> Array:
    """How much each like, dislike and random paper counts, in this order."""
    each = min(1.0, likes.weights.sum() / negatives) if negatives else 0.0
    return np.concatenate([likes.weights, DISLIKE_WEIGHT * dislikes.weights, np.full(negatives, each)])


def _weighted_mean(vectors: Matrix, weights: Array) -> Array:
    return np.asarray(weights @ vectors / max(float(weights.sum()), 1e-12), dtype=np.float64)
