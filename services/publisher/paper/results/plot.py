"""Numbers over time as a drawing: where each point, tick and label stands. Pure; the template writes the SVG.

The table beside it says the same in words; a point leads to its paper.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

WIDTH, HEIGHT = 640, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 14, 30
_TICKS = 4
_TICKS_ACROSS = 2
_SHORT_DAYS, _LONG_DAYS = 120, 3 * 365
_MOST_POINTS = 300


class Point(NamedTuple):
    """A number of a paper; `text` is how the paper writes it."""

    day: date
    value: float
    text: str
    is_own: bool
    paper_id: str
    title: str


class Mark(NamedTuple):
    """A point where it is drawn."""

    x: float
    y: float
    point: Point


class Tick(NamedTuple):
    """A line of an axis: where, and its label."""

    at: float
    label: str


@dataclass(frozen=True)
class Plot:
    """A drawing of WIDTH x HEIGHT; `best` is the path of the best own result so far, empty where there are none."""

    marks: list[Mark]
    across: list[Tick]
    up: list[Tick]
    best: str
    label: str
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    bottom: float = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def plot_of(points: Sequence[Point], metric: str, better: str) -> Plot:
    """The drawing of points of at least two days."""
    shown = sorted(points, key=lambda point: (point.day, point.value))[:_MOST_POINTS]
    first, last = shown[0].day.toordinal(), shown[-1].day.toordinal()
    low, high, step = _range([point.value for point in shown])
    across = max(1, last - first)

    def x(day: int) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (day - first) / across, 1)

    def y(value: float) -> float:
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * (value - low) / (high - low), 1)

    marks = [Mark(x(point.day.toordinal()), y(point.value), point) for point in shown]
    ups = [low + step * count for count in range(math.floor((high - low) / step + 1e-9) + 1)]
    digits = max(0, -math.floor(math.log10(step)))
    days = sorted({round(first + across * part / _TICKS_ACROSS) for part in range(_TICKS_ACROSS + 1)})
    shape = "%d %b %Y" if across < _SHORT_DAYS else "%Y" if across > _LONG_DAYS else "%b %Y"
    return Plot(
        marks=marks,
        across=[Tick(x(day), date.fromordinal(day).strftime(shape).lstrip("0")) for day in days],
        up=[Tick(y(value), f"{value:.{digits}f}") for value in ups],
        best=_best_path(marks, better),
        label=f"{metric} of {len(shown)} results from {shown[0].day:%B %Y} to {shown[-1].day:%B %Y}",
    )


def _best_path(marks: Sequence[Mark], better: str) -> str:
    """Steps along the best own result so far; empty where it is not known which one is better."""
    own = [mark for mark in marks if mark.point.is_own]
    if not better or len(own) < 2:
        return ""
    sign = 1 if better == "higher" else -1
    path = f"M{own[0].x} {own[0].y}"
    best = own[0].point.value
    for mark in own[1:]:
        path += f"H{mark.x}"
        if sign * (mark.point.value - best) > 0:
            best = mark.point.value
            path += f"V{mark.y}"
    return path


def _range(values: Sequence[float]) -> tuple[float, float, float]:
    """Round ends around the values, and the step between ticks."""
    low, high = min(values), max(values)
    spread = high - low or abs(high) * 0.1 or 1.0
    rough = spread / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    return math.floor(low / step) * step, max(math.ceil(high / step), math.floor(low / step) + 1) * step, step
