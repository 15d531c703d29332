"""The learning curve of a backtest: in the terminal, and as PNG."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shared.errors import PapersysError

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for numpy
    from matplotlib.axes import Axes

    from services.ranker.evaluation.backtest import Metrics

LearningCurve = Sequence[tuple[int, float, float]]
"""After each step: how many ratings were predicted so far, the Brier score of papersys, that of the base rate."""

_ROWS, _COLUMNS = 10, 60
_BAR = 0.38
_OURS, _OTHER, _THEIRS = "#0b6a65", "#e0a030", "#5c646b"


def draw_learning_curve(curve: LearningCurve) -> str:
    """The Brier score after each step: `o` papersys, `.` the base rate, lower is better."""
    points = _defined(curve)
    if len(points) < 2:
        return ""
    top = max(max(ours, base) for _, ours, base in points) * 1.05 or 1.0
    last = points[-1][0]
    grid = [[" "] * (_COLUMNS + 1) for _ in range(_ROWS + 1)]
    for mark, column in ((".", 2), ("o", 1)):
        for point in points:
            grid[_ROWS - round(point[column] / top * _ROWS)][round(point[0] / last * _COLUMNS)] = mark
    lines = [f"{top * (_ROWS - row) / _ROWS:6.3f} |{''.join(cells).rstrip()}" for row, cells in enumerate(grid)]
    axis = f"{'':7}+{'-' * _COLUMNS}"
    title = "Brier score by number of ratings (o papersys, . base rate; lower is better)"
    return "\n".join([title, *lines, axis, f"{'':8}0{last:>{_COLUMNS}}"])


def write_png(path: Path, curve: LearningCurve, metrics: Sequence["Metrics"], base_brier: float) -> None:
    """The Brier score along the ratings, and AUC and nDCG@10 of each method. Raises PapersysError."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise PapersysError("--plot needs matplotlib; install it with: pip install 'papersys[plot]'") from error
    picture = Figure(figsize=(12, 5), layout="constrained")
    left, right = picture.subplots(1, 2)
    _plot_brier(left, _defined(curve), base_brier)
    _plot_methods(right, list(reversed(metrics)))
    try:
        picture.savefig(path, format="png", dpi=120)
    except OSError as error:
        raise PapersysError(f"{path} cannot be written: {error.strerror}.") from error


def _plot_brier(axes: "Axes", points: LearningCurve, base_brier: float) -> None:
    steps, ours, base = ([point[column] for point in points] for column in range(3))
    axes.plot(steps, ours, color=_OURS, linewidth=2, label="papersys")
    axes.plot(steps, base, color=_THEIRS, linestyle="--", label=f"base rate ({base_brier:.3f} at the end)")
    axes.set(xlabel="Ratings predicted so far", ylabel="Brier score (lower is better)", ylim=(0, None))
    axes.set_title("How far predicted probabilities are off", loc="left", pad=30)
    _legend_above(axes)


def _plot_methods(axes: "Axes", metrics: Sequence["Metrics"]) -> None:
    """Two bars a method with their numbers, the first of the list at the top."""
    axes.set_title("How well papers are ranked (1 is perfect)", loc="left", pad=30)
    rows = range(len(metrics))
    for shift, name, color, values in (
        (0.0, "AUC", _OURS, [row.auc for row in metrics]),
        (_BAR, "nDCG@10", _OTHER, [row.ndcg for row in metrics]),
    ):
        bars = axes.barh([row + shift for row in rows], values, 0.36, label=name, color=color)
        axes.bar_label(bars, labels=["" if math.isnan(value) else f"{value:.2f}" for value in values], padding=3)
    axes.set_yticks([row + _BAR / 2 for row in rows], [row.method for row in metrics])
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.1), xticks=(0, 0.25, 0.5, 0.75, 1))
    _legend_above(axes)


def _legend_above(axes: "Axes") -> None:
    """Between title and plot, where it covers nothing."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0.2)


def _defined(curve: LearningCurve) -> list[tuple[int, float, float]]:
    return [point for point in curve if not math.isnan(point[1]) and not math.isnan(point[2])]
