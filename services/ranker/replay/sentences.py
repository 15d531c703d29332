"""A difference in words, and as figures for programs."""

import math
from collections import Counter
from dataclasses import fields

from pydantic import JsonValue

from services.ranker.replay.difference import Difference, Interval
from shared.store.keeping.replays import ReplayReport


def report_of(user: str, difference: Difference, control: Difference) -> ReplayReport:
    """What is said of one user; `control` compares what was recorded with a replay in which nothing is changed."""
    if not difference.days:
        return ReplayReport(lines=(f"{user}: no day of the period can be compared.",), figures={user: {"days": 0}})
    lines = (
        f"{user}: {_counted(difference.days, 'day')}, {difference.candidates:,} candidates, "
        f"{_counted(difference.kept + difference.lost, 'pick')}.",
        f"  Rank correlation (mean over days): Spearman {_number(difference.spearman)}, "
        f"Kendall {_number(difference.kendall)}.",
        f"  Picks: {difference.kept} the same, {difference.gained} gained, {difference.lost} lost.",
        f"  Later ratings: of those gained, {_labels(difference.gained_labels)}; "
        f"of those lost, {_labels(difference.lost_labels)}.",
        f"  {_pairs(difference)}",
        f"  Control, nothing changed: Spearman {_number(control.spearman)} with what was recorded, "
        f"{control.kept} of {_counted(control.kept + control.lost, 'pick')} the same.",
    )
    return ReplayReport(lines=lines, figures={user: {**_figures(difference), "control": _figures(control)}})


def _pairs(difference: Difference) -> str:
    if not difference.days_with_likes:
        return "No candidate of these days was liked later, so nothing says which is better."
    shares = f"{difference.auc_before:.1%} before, {difference.auc_after:.1%} after"
    days = _counted(difference.days_with_likes, "day")
    text = f"Pairs of a later like and another candidate in the right order: {shares} ({days}"
    if difference.gain is None:
        return f"{text}; too few to tell)."
    mean, low, high = (f"{100 * value:+.1f}" for value in difference.gain)
    return f"{text}; difference {mean} points, 95% interval {low} to {high})."


def _labels(labels: Counter[str]) -> str:
    return f"{labels['like']} liked, {labels['dislike']} disliked, {labels['unrated']} unrated"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _number(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "undefined"


def _figures(difference: Difference) -> dict[str, JsonValue]:
    """With null for what is not defined."""
    return {column.name: _json(getattr(difference, column.name)) for column in fields(difference)}


def _json(value: object) -> JsonValue:
    if isinstance(value, Interval):
        return dict(value._asdict())
    if isinstance(value, Counter):
        return dict(value)
    is_number = isinstance(value, int | float) and math.isfinite(value)
    return value if is_number else None  # type: ignore[return-value]
