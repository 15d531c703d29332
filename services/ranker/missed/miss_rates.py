"""The miss rate by the blind checks, over all weeks and by periods, and whether it changed. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from services.ranker.selection.blind_check import SLOT, blind_checks_of, estimate_miss_rate
from shared.store.people.missed import MissRatePeriod, MissRates
from shared.store.people.preferences import Rating
from shared.store.selections import Candidate
from shared.text.wording.missed import ENOUGH

_PERIOD = timedelta(weeks=8)
_CHANCE = 0.05


def miss_rates(picks: Sequence[Candidate], ratings: Mapping[str, Rating]) -> MissRates:
    """Of a user's picks, those of blind checks among them, and standing ratings."""
    checks = [pick for pick in picks if pick.slot == SLOT]
    if not checks:
        return MissRates()
    first, last = min(check.day for check in checks), max(check.day for check in checks)
    periods = [
        period
        for start in _starts(first, last)
        if (period := _period(picks, ratings, start, min(start + _PERIOD - timedelta(days=1), last))).drawn
    ]
    change, p_value = change_of(periods)
    return MissRates(
        together=_period(picks, ratings, first, last), periods=tuple(periods), change=change, p_value=p_value
    )


def change_of(periods: Sequence[MissRatePeriod]) -> tuple[Literal["", "higher", "lower", "none"], float | None]:
    """The newest period against all before it, by Fisher's exact test; nothing where either has too few answers."""
    from scipy.stats import fisher_exact

    if len(periods) < 2:
        return "", None
    newest, earlier = periods[-1], periods[:-1]
    answered, liked = sum(one.answered for one in earlier), sum(one.liked for one in earlier)
    if min(newest.answered, answered) < ENOUGH:
        return "", None
    table = [[newest.liked, newest.answered - newest.liked], [liked, answered - liked]]
    p_value = float(fisher_exact(table).pvalue)
    if p_value > _CHANCE:
        return "none", p_value
    return ("higher" if newest.liked / newest.answered > liked / answered else "lower"), p_value


def _starts(first: date, last: date) -> list[date]:
    """Periods end with the last check, so that the newest is a whole one."""
    starts = [last - _PERIOD + timedelta(days=1)]
    while starts[-1] > first:
        starts.append(starts[-1] - _PERIOD)
    return starts[::-1]


def _period(picks: Sequence[Candidate], ratings: Mapping[str, Rating], first: date, last: date) -> MissRatePeriod:
    within = [pick for pick in picks if first <= pick.day <= last]
    checks = [pick for pick in within if pick.slot == SLOT]
    shown = {pick.paper_id for pick in within if pick.slot != SLOT}
    likes = sum(name in ratings and ratings[name].label == "like" for name in shown)
    told = estimate_miss_rate(blind_checks_of(within, dict(ratings)), likes)
    answered = [ratings[check.paper_id].label for check in checks if check.paper_id in ratings]
    counts = {"drawn": len(checks), "answered": len(answered), "liked": answered.count("like")}
    period = MissRatePeriod(first=max(first, min((one.day for one in checks), default=first)), last=last, **counts)
    if told is None:
        return period
    figures = {
        "rate": told.rate,
        "low": told.low,
        "high": told.high,
        "missed_share": told.missed_share(),
        "missed_low": told.missed_share(told.low),
        "missed_high": told.missed_share(told.high),
    }
    return period.model_copy(update=figures)
