"""What sets dislikes apart from the likes near them. Where both lie alike, a dislike says nothing.

A disliked paper is mostly a near miss: close to what is liked, and unwanted for a reason. So each dislike is compared
with the likes near it (matching, as in case-control studies), and the mean of these differences is the direction that
tells them apart (nearest centroids: Rocchio 1971; Tibshirani et al., PNAS 2002). How far it is to be believed, the
likes and dislikes say themselves, each left out of the direction that judges it. What it says is a doubt, and a doubt
reorders the papers that likes put high; it does not throw them among the others.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Matrix = NDArray[np.float32]

_NEARNESS = 0.3
_MARGIN = 1.4
_FLOOR = 0.5
_ROUNDING = 0.5
_LEAST_ROOM = 0.2
_EXPECTED = 0.8
_EXPECTED_VARIANCE = 0.36
_HAVE_A_REASON = 0.15
_LONE = 2.5
_FURTHEST = 4.0
_DOUBT = 2.0
LEAST_LIKES = 2
_MOST = 400
"""So many papers of a kind are compared, the heaviest first."""


@dataclass(frozen=True)
class Odds:
    """Log odds of a like against a dislike: `slope` times how far a paper's contrast is above `midpoint`.

    `usual_doubt` is that about ordinary papers on average, so that they stay where they are.
    """

    slope: float
    midpoint: float
    usual_doubt: float = 0.0

    def doubts(self, contrasts: Array) -> Array:
        """How far n papers are taken for dislikes, more than ordinary ones are: below 1, next to 0 for likes."""
        logits = -self.slope * (contrasts - self.midpoint) - _MARGIN
        return np.asarray((1 + np.tanh(logits / 2)) / 2 - self.usual_doubt)

    def centred(self, ordinary: Array) -> "Odds":
        """The same, with the contrasts of ordinary papers known."""
        return replace(self, usual_doubt=self.usual_doubt + float(self.doubts(ordinary).mean()))


def doubted(z_scores: Array, doubts: Array) -> Array:
    """Z-scores by likes alone, in spreads of ordinary papers, with the doubts that dislikes raise: stages of a cascade.

    A paper loses such a part of what it stands above a floor, and hardly anything below. So doubts reorder what
    resembles likes, and a like taken for a dislike still stands above most of what nobody asked for.
    """
    room = _ROUNDING * np.logaddexp(0, (z_scores - _FLOOR) / _ROUNDING) + _LEAST_ROOM
    return np.asarray(z_scores - room * doubts)


def odds_of(likes: Array, dislikes: Array, weights: tuple[Array, Array]) -> Odds:
    """From the contrasts of likes and dislikes, each left out of what it is measured by, as normal distributions.

    Their distance in spreads (Cohen's d) counts as far as it is believed; their spread is taken to be larger, the fewer
    they are. A lone dislike has a part in what it is measured by, so what is far from likes is doubted only where it is
    nearly as far as the dislike itself.
    """
    liked, spread = _mean(likes, weights[0]), _variance(likes, weights[0])
    gap = liked - _mean(dislikes, weights[1])
    apart, few = _LONE, _concentration(weights[0])
    if len(dislikes) > 1:
        few = max(map(_concentration, weights))
        spread = (spread + _variance(dislikes, weights[1])) / 2
        error = _concentration(weights[0]) + _concentration(weights[1])
        distance = gap / max(spread**0.5, 1e-6)
        apart = _believed(distance, error)
    apart = float(np.clip(apart, 0.0, _FURTHEST))
    doubt = 1 + _DOUBT * few
    unit = doubt * max(spread**0.5, gap / _FURTHEST, 1e-6)
    return Odds(apart / unit, liked - apart * unit / 2)


def _believed(distance: float, error: float) -> float:
    """The distance to reckon with, where one of variance `error` was measured: two groups, as Efron has them.

    Of some readers nothing sets the dislikes apart; of the others something does, by an amount with mean and variance
    (Efron, Statistical Science 23, 2008). So what could as well be nothing counts as next to nothing.
    """
    total = _EXPECTED_VARIANCE + error
    evidence = (distance**2 / error - (distance - _EXPECTED) ** 2 / total + np.log(error / total)) / 2
    has_reason = 1 / (1 + (1 / _HAVE_A_REASON - 1) * np.exp(-min(evidence, 50.0)))
    return float(has_reason * (distance * _EXPECTED_VARIANCE + _EXPECTED * error) / total)


NO_ODDS = Odds(0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Contrast:
    """`direction` (d) from dislikes to the likes near them; `likes` and `dislikes` are the rows that were compared.

    It is the sum of the `parts` of the dislikes (m x d), and row i of `without_likes` what it were without like i.
    `centre` is the mean of the likes near dislikes, `own_likes` and `own_dislikes` are the contrasts of each
    one's paper with what is left without it.
    """

    direction: Matrix
    centre: Matrix
    odds: Odds
    likes: NDArray[np.intp]
    dislikes: NDArray[np.intp]
    without_likes: Matrix
    parts: Matrix
    own_likes: Array
    own_dislikes: Array

    def doubts(self, vectors: Matrix) -> Array:
        """How far n papers (n x d) are taken for dislikes."""
        return self.odds.doubts(np.asarray(vectors @ self.direction, dtype=np.float64))

    def doubts_without(self, vector: Matrix) -> tuple[Array, Array]:
        """The doubt about one vector without each like and without each dislike's part."""
        disliked = self.centre - self.direction
        level = float(self.direction @ self.centre)
        # A contrast counts by how far it is from that of the likes, so their mean moves with the direction.
        from_likes = np.einsum("nd,nd->n", self.without_likes, vector - disliked - self.without_likes) + level
        from_dislikes = (self.direction - self.parts) @ (vector - self.centre) + level
        likes, dislikes = (self.odds.doubts(np.asarray(logits, np.float64)) for logits in (from_likes, from_dislikes))
        return likes, dislikes

    def centred(self, ordinary: Matrix) -> "Contrast":
        """The same, with ordinary papers (n x d) known."""
        return replace(self, odds=self.odds.centred(np.asarray(ordinary @ self.direction, dtype=np.float64)))

    def own(self, likes: int, dislikes: int) -> tuple[Array, Array]:
        """The doubt about each of so many likes and dislikes by the others; none about those not compared."""
        doubts = np.zeros(likes), np.zeros(dislikes)
        doubts[0][self.likes] = self.odds.doubts(self.own_likes)
        if len(self.dislikes) > 1:
            doubts[1][self.dislikes] = self.odds.doubts(self.own_dislikes)
        return doubts


def contrast_of(likes: Matrix, dislikes: Matrix, weights: tuple[Array, Array]) -> Contrast | None:
    """From likes (n x d), dislikes (m x d) and their weights; None without a dislike or with fewer than two likes."""
    if len(likes) < LEAST_LIKES or not len(dislikes):
        return None
    liked, disliked = (np.sort(np.argsort(-some, kind="stable")[:_MOST]) for some in weights)
    likes, dislikes = likes[liked], dislikes[disliked]
    shares = weights[1][disliked] / weights[1][disliked].sum()
    near = _nearness(dislikes, likes, weights[0][liked])
    differences = near @ likes - dislikes
    direction = shares @ differences
    rest = np.maximum(1 - shares, 1e-9)[:, None]
    without_dislikes = (direction - shares[:, None] * differences) / rest
    # Without like i, the mean of the likes near dislike j is (mean - near_ji x_i) / (1 - near_ji).
    left = 1 / np.maximum(1 - near, 1e-6)
    means = (left * shares[:, None]).T @ (near @ likes) - ((left * near).T @ shares)[:, None] * likes
    without_likes = means - shares @ dislikes
    own_likes = np.einsum("nd,nd->n", without_likes, likes)
    own_dislikes = np.einsum("nd,nd->n", without_dislikes if len(dislikes) > 1 else direction[None], dislikes)
    matched = shares @ near
    odds = odds_of(own_likes, own_dislikes, (matched, shares))
    return Contrast(
        direction=np.asarray(direction, np.float32),
        centre=np.asarray(matched @ likes, np.float32),
        odds=odds,
        likes=liked,
        dislikes=disliked,
        without_likes=np.asarray(without_likes, np.float32),
        parts=np.asarray(shares[:, None] * differences, np.float32),
        own_likes=own_likes,
        own_dislikes=own_dislikes,
    )


def _nearness(dislikes: Matrix, likes: Matrix, weights: Array) -> Array:
    """For each dislike, how much each like counts as being near it: rows that sum to 1."""
    cosines = np.asarray(dislikes @ likes.T, dtype=np.float64)
    parts = np.exp((cosines - cosines.max(axis=1, keepdims=True)) / _NEARNESS) * weights
    return np.asarray(parts / parts.sum(axis=1, keepdims=True))


def _mean(values: Array, weights: Array) -> float:
    return float(weights @ values / weights.sum())


def _variance(values: Array, weights: Array) -> float:
    """Unbiased for weights that say how much each one counts."""
    spread = float(weights @ (values - _mean(values, weights)) ** 2 / weights.sum())
    return spread / max(1 - _concentration(weights), 1 / len(weights) if len(weights) > 1 else 1.0)


def _concentration(weights: Array) -> float:
    """One over the effective number of papers (Kish)."""
    return float((weights**2).sum() / weights.sum() ** 2)
