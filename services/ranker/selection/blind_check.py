"""The weekly blind audit: papers that were rejected, drawn evenly and shown, so that what is missed can be estimated.

Each audit is a simple random sample of the papers that one week rejected; the owner's ratings on it are the only ones
that say anything unbiased about the rest.
"""

import math
import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shared.store.preferences import Rating
from shared.store.selections import Candidate

SLOT = "audit"
REJECTED = frozenset({"below_quota", "below_threshold", "near_duplicate", "thinned"})
_SURE = 0.95


@dataclass(frozen=True)
class Stratum:
    """One audit: how many papers it was drawn from, how many of those drawn have a rating, how many were liked."""

    rejected: int
    answered: int
    liked: int


@dataclass(frozen=True)
class MissRate:
    """The share of rejected papers that the owner would have liked, with its 95 % interval.

    `rejected` papers stand behind it, of which `answered` were judged; `found` are papers that were shown and liked.
    """

    rate: float
    low: float
    high: float
    rejected: int
    answered: int
    liked: int
    found: int

    def missed_share(self, rate: float | None = None) -> float:
        """Of all papers the owner would like, the share that was not shown."""
        missed = (self.rate if rate is None else rate) * self.rejected
        return missed / (missed + self.found) if missed else 0.0


def week_of(day: date) -> tuple[int, int]:
    """The ISO year and week of a day."""
    return day.isocalendar()[:2]


def rejected_before(
    earlier: Iterable[Candidate], user: str, day: date, judged: Collection[str]
) -> tuple[list[Candidate], date | None]:
    """What the newest week before a day's own rejected, by id, and that week's newest day.

    Empty where this week was begun already (its first selection has the audit) or nothing was rejected. Papers
    that were shown since, or have a rating, are left out: of them nothing is to be found out.
    """
    mine = [one for one in earlier if one.user == user and one.day <= day]
    if any(week_of(one.day) == week_of(day) and one.rank is not None for one in mine):
        return [], None
    newest = max((one.day for one in mine if week_of(one.day) < week_of(day)), default=None)
    if newest is None:
        return [], None
    shown = {one.paper_id for one in mine if one.fate == "picked"}
    week = {one.paper_id: one for one in mine if week_of(one.day) == week_of(newest) and one.fate in REJECTED}
    left = [week[paper_id] for paper_id in sorted(week) if paper_id not in shown and paper_id not in judged]
    return left, newest


def draw_audit(rejected: Sequence[Candidate], count: int, seed: str) -> tuple[list[Candidate], float]:
    """Up to `count` of them, drawn evenly, and the chance that each had."""
    if not rejected or count < 1:
        return [], 0.0
    drawn = random.Random(f"audit {seed}").sample(list(rejected), min(count, len(rejected)))
    return drawn, len(drawn) / len(rejected)


def audits_of(candidates: Iterable[Candidate], ratings: dict[str, Rating]) -> list[Stratum]:
    """The audits among a user's candidates, oldest first. A paper that was cleared or never judged is no answer."""
    by_day: dict[tuple[date, str], list[Candidate]] = {}
    for one in candidates:
        if one.slot == SLOT and one.propensity:
            by_day.setdefault((one.day, one.run_id), []).append(one)
    return [_stratum(drawn, ratings) for _, drawn in sorted(by_day.items())]


def estimate_miss_rate(audits: Iterable[Stratum], found: int) -> MissRate | None:
    """The miss rate over all audited weeks, each weighing as the papers it was drawn from; None without answers.

    The interval is Clopper's and Pearson's for the effective number of answers (Korn and Graubard, Survey Methodology
    24, 1998), which errs on the safe side. It takes papers without a rating to be like those with one.
    """
    used = [one for one in audits if one.answered]
    if not used:
        return None
    rejected, answered = sum(one.rejected for one in used), sum(one.answered for one in used)
    rate = sum(one.rejected * one.liked / one.answered for one in used) / rejected
    alike = rejected**2 / sum(one.rejected**2 / one.answered for one in used)
    low, high = _clopper_pearson(rate * alike, alike)
    return MissRate(rate, low, high, rejected, answered, sum(one.liked for one in used), found)


def _stratum(drawn: list[Candidate], ratings: dict[str, Rating]) -> Stratum:
    labels = [ratings[one.paper_id].label for one in drawn if one.paper_id in ratings]
    propensity = drawn[0].propensity or 1.0
    return Stratum(round(len(drawn) / propensity), len(labels), labels.count("like"))


def _clopper_pearson(hits: float, trials: float) -> tuple[float, float]:
    from scipy.stats import beta

    tail = (1 - _SURE) / 2
    low = float(beta.ppf(tail, hits, trials - hits + 1)) if hits > 1e-9 else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, trials - hits)) if hits < trials - 1e-9 else 1.0
    return (0.0 if math.isnan(low) else low), (1.0 if math.isnan(high) else high)
