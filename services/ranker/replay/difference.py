"""How two ways of ranking the same days differ, and which of them foretold the ratings that came later. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

from services.ranker.evaluation.metrics import area_under_curve
from shared.store.people.preferences import Rating, standing_ratings
from shared.store.selections import Candidate

_LEAST_DAYS = 5


@dataclass(frozen=True)
class DayDifference:
    """One day. `auc_*`: the share of pairs of a later like and another candidate in the right order; NaN without one.

    `*_labels` count the later ratings of the picks that were gained and lost: like, dislike, unrated.
    """

    day: date
    candidates: int
    kept: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    spearman: float
    kendall: float
    auc_before: float
    auc_after: float
    gained_labels: Counter[str] = field(default_factory=Counter)
    lost_labels: Counter[str] = field(default_factory=Counter)


class Interval(NamedTuple):
    """A mean over days with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """Many days of one user. `gain` is how many more pairs are in the right order after; None: too few days tell."""

    days: int
    candidates: int
    kept: int
    gained: int
    lost: int
    spearman: float
    kendall: float
    gained_labels: Counter[str]
    lost_labels: Counter[str]
    days_with_likes: int
    auc_before: float
    auc_after: float
    gain: Interval | None


def later_labels(ratings: Iterable[Rating], moment: datetime) -> dict[str, str]:
    """What was said of papers from a moment on and still stands; papers that had a rating before are left out."""
    ordered = sorted(ratings, key=lambda rating: rating.occurred_at)
    before = {rating.paper_id for rating in ordered if rating.occurred_at < moment}
    later = standing_ratings(rating for rating in ordered if rating.occurred_at >= moment)
    return {name: rating.label for name, rating in later.items() if name not in before}


def day_difference(
    day: date, before: Sequence[Candidate], after: Sequence[Candidate], labels: Mapping[str, str]
) -> DayDifference | None:
    """One day in both ways, over the papers that both scored; None where these are fewer than two."""
    scores = [{one.paper_id: one.score for one in way if one.score is not None} for way in (before, after)]
    names = sorted(scores[0].keys() & scores[1].keys())
    if len(names) < 2:
        return None
    first, second = (np.array([way[name] for name in names]) for way in scores)
    picked = [{one.paper_id for one in way if one.outcome == "picked"} for way in (before, after)]
    gained, lost = tuple(sorted(picked[1] - picked[0])), tuple(sorted(picked[0] - picked[1]))
    liked = np.array([labels.get(name) == "like" for name in names])
    return DayDifference(
        day=day,
        candidates=len(names),
        kept=len(picked[0] & picked[1]),
        gained=gained,
        lost=lost,
        spearman=_spearman(first, second),
        kendall=_kendall(first, second),
        auc_before=area_under_curve(liked, first),
        auc_after=area_under_curve(liked, second),
        gained_labels=Counter(labels.get(name, "unrated") for name in gained),
        lost_labels=Counter(labels.get(name, "unrated") for name in lost),
    )


def difference_of(days: Sequence[DayDifference]) -> Difference:
    """All days together; correlations and shares of pairs are means over days."""
    told = [day for day in days if np.isfinite(day.auc_before) and np.isfinite(day.auc_after)]
    gains = np.array([day.auc_after - day.auc_before for day in told])
    return Difference(
        days=len(days),
        candidates=sum(day.candidates for day in days),
        kept=sum(day.kept for day in days),
        gained=sum(len(day.gained) for day in days),
        lost=sum(len(day.lost) for day in days),
        spearman=_mean(day.spearman for day in days),
        kendall=_mean(day.kendall for day in days),
        gained_labels=sum((day.gained_labels for day in days), Counter()),
        lost_labels=sum((day.lost_labels for day in days), Counter()),
        days_with_likes=len(told),
        auc_before=_mean(day.auc_before for day in told),
        auc_after=_mean(day.auc_after for day in told),
        gain=_interval(gains) if len(gains) >= _LEAST_DAYS else None,
    )


def _interval(gains: np.ndarray) -> Interval:
    """Student's t over days."""
    from scipy.stats import t

    mean, count = float(gains.mean()), len(gains)
    half = float(t.ppf(0.975, count - 1) * gains.std(ddof=1) / count**0.5)
    return Interval(mean, mean - half, mean + half)


def _spearman(first: np.ndarray, second: np.ndarray) -> float:
    from scipy.stats import spearmanr

    return _correlation(first, second, lambda a, b: float(spearmanr(a, b).statistic))


def _kendall(first: np.ndarray, second: np.ndarray) -> float:
    from scipy.stats import kendalltau

    return _correlation(first, second, lambda a, b: float(kendalltau(a, b).statistic))


def _correlation(first: np.ndarray, second: np.ndarray, of: Callable[[np.ndarray, np.ndarray], float]) -> float:
    """NaN where one of them ties all papers: nothing is ranked then."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return of(first, second)


def _mean(values: Iterable[float]) -> float:
    finite = [value for value in values if np.isfinite(value)]
    return float(np.mean(finite)) if finite else float("nan")
