"""How much a user's saves, skips and opens say, learned from the ratings with features as of each rating's day.

A logistic regression tells likes from dislikes and ordinary papers by the score that a paper has without its own
rating, and by its nearness to what was saved, skipped and opened before that day. What nearness says beyond the score
is its weight: for saved and opened papers at least nothing, for skipped ones at most nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

import numpy as np

from services.ranker.features.history import History, past_of
from services.ranker.features.paper_features import SignalNearness, signal_nearness
from services.ranker.features.signal_effect import SignalEffect
from services.ranker.learning.logistic import fit_logistic
from services.ranker.learning.similarity import Array, ProjectedVectors, Projector
from services.ranker.learning.taste import Taste, left_out_z_scores
from shared.store.people.preferences import Rating
from shared.store.vectors.embeddings import Vectors

_DAYS = 40
_ORDINARY_A_DAY = 25
_LEAST_LIKES = 5
_PRIOR = 0.5
_LEAST_SLOPE = 0.3
_MOST = 1.0
_SIGNS = np.array([[0.0, _MOST], [-_MOST, 0.0], [0.0, _MOST]])
"""The least and the most that a weight may be: of saved, skipped, opened."""

NearnessAt = Callable[[datetime], SignalNearness]


@dataclass(frozen=True, eq=False)
class _Rows:
    """Examples: the score of each without its own rating, its features, 1 for a like, and how much it counts."""

    z_scores: Array
    features: Array
    labels: Array
    weights: Array


def learn_signal_effect(
    taste: Taste, ratings: Mapping[str, Rating], nearness_at: NearnessAt, moment: datetime
) -> SignalEffect | None:
    """What signals say for scores at a moment; None where there are none, or too few likes that came after any."""
    nearness = nearness_at(moment)
    if taste.regime == "typical" or not any(map(len, nearness.pools.values())):
        return None
    rows = _rows(taste, ratings, nearness_at)
    is_told = rows.features.any(axis=1) & (rows.labels == 1)
    if is_told.sum() < _LEAST_LIKES:
        return None
    weights = _fitted(rows)
    return SignalEffect(weights, nearness) if weights.any() else None


def nearness_from(history: History, vectors: Vectors, projector: Projector, half_life_days: float) -> NearnessAt:
    """The features of a user as of any moment; each moment is looked at once."""
    known: dict[datetime, SignalNearness] = {}

    def nearness_at(moment: datetime) -> SignalNearness:
        if moment not in known:
            known[moment] = signal_nearness(past_of(history, moment), vectors, projector, half_life_days)
        return known[moment]

    return nearness_at


def day_of(moment: datetime) -> datetime:
    """The start of a moment's day (UTC): signals count from the day after they were given, for learning and scoring."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)


def _rows(taste: Taste, ratings: Mapping[str, Rating], nearness_at: NearnessAt) -> _Rows:
    """The ratings of the newest days, each day with some ordinary papers."""
    names = (*taste.likes.names, *taste.dislikes.names)
    wanted, unwanted = taste.near
    row_of = {name: row for row, name in enumerate(names)}
    likes = len(taste.likes)
    vectors = np.concatenate([wanted.projected.vectors[:likes], unwanted.projected.vectors])
    hubness = np.concatenate([wanted.projected.hubness[:likes], unwanted.projected.hubness])
    rated, z_scores = ProjectedVectors(vectors, hubness), left_out_z_scores(taste)
    by_day: dict[datetime, list[int]] = defaultdict(list)
    for name in names:
        by_day[day_of(ratings[name].occurred_at)].append(row_of[name])
    days = sorted(by_day)[-_DAYS:]
    background = taste.background
    parts: list[tuple[Array, Array, Array, Array]] = []
    for number, day in enumerate(days):
        rows = np.array(by_day[day], dtype=np.intp)
        drawn = np.arange(number, len(background), max(1, len(background) // _ORDINARY_A_DAY))[:_ORDINARY_A_DAY]
        ordinary = ProjectedVectors(background.smoothed[drawn], background.hubness[drawn])
        features = nearness_at(day).features
        labels = (rows < likes).astype(np.float64)
        parts.append(
            (
                np.concatenate([[z_scores[names[row]] for row in rows], taste.z_scores_of_projected(ordinary)]),
                np.concatenate([features(rated.rows(rows)), features(ordinary)]),
                np.concatenate([labels, np.zeros(len(drawn))]),
                np.concatenate([np.ones(len(rows)), np.full(len(drawn), max(labels.sum(), 1) / max(len(drawn), 1))]),
            )
        )
    return _Rows(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _fitted(rows: _Rows) -> Array:
    """The weights, in z-scores: what a feature says in log odds, by what a z-score says."""
    examples = np.concatenate([rows.z_scores[:, None], _PRIOR * rows.features], axis=1).astype(np.float32)
    fit = fit_logistic(examples, rows.labels, rows.weights, 1.0)
    told = _PRIOR * fit.coefficients[1:] / max(float(fit.coefficients[0]), _LEAST_SLOPE)
    return np.clip(told, _SIGNS[:, 0], _SIGNS[:, 1])
