"""Whether saves, skips and opens help to predict later ratings: the same splits in time with and without them. Pure.

What counts are pairs in the right order: each later like against papers that nobody rated, each later dislike against
the likes of its split. Neighbouring splits have most of their signals in common, so the interval takes blocks of them,
not ratings, as independent (cluster-robust: Liang, Zeger, Biometrika 73, 1986), with Student's t for so few.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.ranker.evaluation.backtest import BacktestPapers, TimeSplit, taste_before
from services.ranker.features.history import History
from services.ranker.learning.background_papers import background_of
from services.ranker.learning.signal_weights import day_of, learn_signal_effect, nearness_from
from services.ranker.learning.similarity import Array, Projector
from services.ranker.settings import RankerSettings
from shared.store.vectors.embeddings import Vectors

LEAST_RATINGS = 20
LEAST_SPLITS = 5
_CONFIDENCE = 0.95
_BLOCKS = 6


@dataclass(frozen=True)
class SignalComparison:
    """The share of pairs in the right order `without` and `with_signals`, over `ratings` in `splits` that came after
    some signal. `gain` is the difference, with its interval (95 %); NaN where there are too few. `weights` are the
    newest: of nearness to what was saved, skipped and opened."""

    without: float
    with_signals: float
    gain: float
    low: float
    high: float
    ratings: int
    splits: int
    weights: tuple[float, ...] = (0.0, 0.0, 0.0)

    @property
    def is_enough(self) -> bool:
        """Whether there are enough ratings to say anything."""
        return self.ratings >= LEAST_RATINGS and self.splits >= LEAST_SPLITS

    @property
    def helps(self) -> bool:
        """Whether signals help beyond chance."""
        return self.is_enough and self.low > 0


def compare_signals(
    splits: Sequence[TimeSplit], papers: BacktestPapers, history: History, signals: Vectors, settings: RankerSettings
) -> SignalComparison:
    """Every split predicted with and without signals; `signals` has the vectors of the papers that they are about."""
    rows = {name: row for row, name in enumerate(papers.ids)}
    vectors, drawn = papers.corpus.vectors, papers.learned_from
    projector = Projector(background_of([papers.ids[row] for row in drawn], vectors[drawn]))
    nearness_at = nearness_from(history, signals, projector, settings.half_life_days)
    pairs: list[tuple[Array, Array]] = []
    weights: tuple[float, ...] = (0.0, 0.0, 0.0)
    for split in splits:
        moment = day_of(split.starts_at)
        if not split.train or not any(map(len, nearness_at(moment).pools.values())):
            continue
        taste = taste_before(split, rows, papers, projector, settings)
        effect = learn_signal_effect(taste, split.train, nearness_at, moment)
        ranked = np.concatenate([np.array([rows[name] for name in split.test_ids]), papers.ranked_among])
        bags = [papers.bags[row] for row in ranked]
        plain = right_pairs(taste.score(vectors[ranked], bags), split.test_labels)
        both = plain
        if effect is not None:
            weights = tuple(effect.weights.tolist())
            both = right_pairs(replace(taste, signals=effect).score(vectors[ranked], bags), split.test_labels)
        if len(plain):
            pairs.append((plain, both))
    return replace(comparison_of(pairs), weights=weights)


def right_pairs(scores: Array, labels: Array) -> Array:
    """For each rating, the share of its pairs in the right order; ties count half. The first scores are of rated
    papers, the rest of others. A dislike has pairs where there is a like."""
    rated, others = scores[: len(labels)], scores[len(labels) :]
    likes, dislikes = rated[labels == 1], rated[labels == 0]
    shares = [_share_above(likes, others)] if len(others) else []
    if len(likes):
        shares.append(_share_above(-dislikes, -likes))
    return np.concatenate([np.zeros(0), *shares])


def comparison_of(pairs: Sequence[tuple[Array, Array]]) -> SignalComparison:
    """From each split's right pairs, without and with signals."""
    if not pairs:
        nothing = float("nan")
        return SignalComparison(nothing, nothing, nothing, nothing, nothing, ratings=0, splits=0)
    without, both = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    gain = float((both - without).mean())
    off = [float((told - plain - gain).sum()) for plain, told in pairs]
    blocks = np.array([sum(block) for block in np.array_split(off, min(_BLOCKS, len(off)))])
    reach = _reach(len(blocks)) * float(np.sqrt(blocks @ blocks)) / len(without)
    return SignalComparison(
        float(without.mean()), float(both.mean()), gain, gain - reach, gain + reach, len(without), len(pairs)
    )


def _share_above(scores: Array, others: Array) -> Array:
    """The share of the others that each score is above."""
    ordered = np.sort(others)
    below, up_to = (np.searchsorted(ordered, scores, side=side) for side in ("left", "right"))
    return np.asarray((below + up_to) / (2 * len(ordered)))


def _reach(clusters: int) -> float:
    """How many standard errors the interval reaches to each side; NaN for a single cluster."""
    from scipy.special import stdtrit  # Student's t; scipy.stats takes a second to import

    if clusters < 2:
        return float("nan")
    return float(stdtrit(clusters - 1, 0.5 + _CONFIDENCE / 2) * np.sqrt(clusters / (clusters - 1)))
