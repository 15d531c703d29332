"""The weekly blind check: rejected papers, drawn uniformly and shown, so that the miss rate can be estimated.

Each check is a simple random sample of the papers that one week rejected; only the user's ratings of it are unbiased
about the rest.
"""

import math
import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shared.store.people.preferences import Rating
from shared.store.selections import Candidate

SLOT = "audit"
REJECTED = frozenset({"below_quota", "below_threshold", "near_duplicate", "thinned"})
_SURE = 0.95


@dataclass(frozen=True)
class Stratum:
    """One check: how many papers it was drawn from, how many of those drawn have a rating, how many were liked."""

    rejected: int
    answered: int
    liked: int


@dataclass(frozen=True)
class MissRate:
    """The share of rejected papers that the user would have liked, with its 95 % interval.

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
        """Of all papers the user would like, the share that was not shown."""
        missed = (self.rate if rate is None else rate) * self.rejected
        return missed / (missed + self.found) if missed else 0.0


def week_of(day: date) -> tuple[int, int]:
    """The ISO year and week of a day."""
    return day.isocalendar()[:2]


def rejected_before(
    earlier: Iterable[Candidate], user: str, day: date, judged: Collection[str]
) -> tuple[list[Candidate], date | None]:
    """What the newest week before a day's own rejected, by id, and that week's newest day.

    Empty where this week has a selection already (the first one has the check) or nothing was rejected. Papers that
    were shown since, or have a rating, are left out.
    """
    mine = [candidate for candidate in earlier if candidate.user == user and candidate.day <= day]
    if any(week_of(candidate.day) == week_of(day) and candidate.rank is not None for candidate in mine):
        return [], None
    newest = max((candidate.day for candidate in mine if week_of(candidate.day) < week_of(day)), default=None)
    if newest is None:
        return [], None
    shown = {candidate.paper_id for candidate in mine if candidate.outcome == "picked"}
    of_week = [candidate for candidate in mine if week_of(candidate.day) == week_of(newest)]
    week = {candidate.paper_id: candidate for candidate in of_week if candidate.outcome in REJECTED}
    left = [week[paper_id] for paper_id in sorted(week) if paper_id not in shown and paper_id not in judged]
    return left, newest


def draw_blind_check(rejected: Sequence[Candidate], count: int, seed: str) -> tuple[list[Candidate], float]:
    """Up to `count` of them, drawn uniformly, and the probability that each had."""
    if not rejected or count < 1:
        return [], 0.0
    drawn = random.Random(f"audit {seed}").sample(list(rejected), min(count, len(rejected)))
    return drawn, len(drawn) / len(rejected)


def blind_checks_of(candidates: Iterable[Candidate], ratings: dict[str, Rating]) -> list[Stratum]:
    """The blind checks among a user's candidates, oldest first. An unrated paper is no answer."""
    by_day: dict[tuple[date, str], list[Candidate]] = {}
    for candidate in candidates:
        if candidate.slot == SLOT and candidate.propensity:
            by_day.setdefault((candidate.day, candidate.run_id), []).append(candidate)
    return [_stratum(drawn, ratings) for _, drawn in sorted(by_day.items())]


def estimate_miss_rate(checks: Iterable[Stratum], found: int) -> MissRate | None:
    """The miss rate over all checked weeks, weighted by the papers each was drawn from; None without answers.

    The interval is Clopper's and Pearson's for the effective number of answers (Korn and Graubard, Survey Methodology
    24, 1998), which errs on the safe side. It takes papers without a rating to be like those with one.
    """
    used = [check for check in checks if check.answered]
    if not used:
        return None
    rejected, answered = sum(check.rejected for check in used), sum(check.answered for check in used)
    rate = sum(check.rejected * check.liked / check.answered for check in used) / rejected
    effective = rejected**2 / sum(check.rejected**2 / check.answered for check in used)
    low, high = _clopper_pearson(rate * effective, effective)
    return MissRate(rate, low, high, rejected, answered, sum(check.liked for check in used), found)


def _stratum(drawn: list[Candidate], ratings: dict[str, Rating]) -> Stratum:
    labels = [ratings[candidate.paper_id].label for candidate in drawn if candidate.paper_id in ratings]
    propensity = drawn[0].propensity or 1.0
    return Stratum(round(len(drawn) / propensity), len(labels), labels.count("like"))


def _clopper_pearson(hits: float, trials: float) -> tuple[float, float]:
    from scipy.stats import beta

    tail = (1 - _SURE) / 2
    low = float(beta.ppf(tail, hits, trials - hits + 1)) if hits > 1e-9 else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, trials - hits)) if hits < trials - 1e-9 else 1.0
    return (0.0 if math.isnan(low) else low), (1.0 if math.isnan(high) else high)
