"""How well papers match a user's taste, in a word: like what was liked, or hardly better than chance. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from services.ranker.learning.scale import z_scores_of
from services.ranker.learning.similarity import Array, ProjectedVectors
from services.ranker.learning.taste import Taste, left_out_z_scores
from shared.contracts import Match

_ORDINARY = 1_000
_FEWEST_ORDINARY = 20
_LIKES_ABOVE = {"strong": 0.5, "fair": 0.1}
_ORDINARY_BELOW = {"strong": (0.95, 0.975), "fair": (0.8, 0.85)}
_PRIOR_LIKES = 4


@dataclass(frozen=True)
class MatchScale:
    """Z-scores from which on a match is strong or fair."""

    strong: float
    fair: float

    def of(self, z_score: float) -> Match:
        return "strong" if z_score >= self.strong else "fair" if z_score >= self.fair else "weak"


def matches_of(taste: Taste, scores: Array) -> list[Match]:
    """The match of each of n scores of this taste; empty words where nothing tells papers apart yet."""
    scale = match_scale_of(taste)
    return [scale.of(z_score) if scale else "" for z_score in z_scores_of(scores).tolist()]


def match_scale_of(taste: Taste) -> MatchScale | None:
    """None without likes and seeds, or with too few papers to compare with.

    Strong: at least as high as half of the likes, each scored without itself, and as 95 % of random papers. Fair: as
    90 % of the likes, and 80 % of random papers. With few likes, quantiles of random papers stand in for them.
    """
    background = taste.background
    if taste.regime == "typical" or not len(taste.wanted) or len(background) < _FEWEST_ORDINARY:
        return None
    projected = ProjectedVectors(background.smoothed[:_ORDINARY], background.hubness[:_ORDINARY])
    ordinary = taste.z_scores_of_projected(projected)
    own = left_out_z_scores(taste) if len(taste.likes) else {}
    likes = [own[name] for name in taste.likes.names]
    return MatchScale(_bound("strong", likes, ordinary), _bound("fair", likes, ordinary))


def _bound(match: str, likes: Iterable[float], ordinary: Array) -> float:
    scores = np.array(list(likes))
    least, prior = np.quantile(ordinary, _ORDINARY_BELOW[match])
    of_likes = float(np.quantile(scores, _LIKES_ABOVE[match])) if len(scores) else 0.0
    return float(max(least, (len(scores) * of_likes + _PRIOR_LIKES * prior) / (len(scores) + _PRIOR_LIKES)))
