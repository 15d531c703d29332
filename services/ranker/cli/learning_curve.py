"""The learning curve of a backtest: in the terminal, and as PNG."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shared.errors import PapersysError

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for numpy
    from services.ranker.evaluation.backtest import Metrics

LearningCurve = Sequence[tuple[int, float, float]]
"""After each step: how many ratings were predicted so far, the Brier score of papersys, that of the base rate."""

_ROWS, _COLUMNS = 10, 60
_BAR = 0.38


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
    picture = Figure(figsize=(11, 4.5), layout="constrained")
    left, right = picture.subplots(1, 2)
    points = _defined(curve)
    left.plot([point[0] for point in points], [point[1] for point in points], label="papersys")
    base_label = f"base rate ({base_brier:.3f} at the end)"
    left.plot([point[0] for point in points], [point[2] for point in points], label=base_label)
    left.set(xlabel="ratings predicted", ylabel="Brier score (lower is better)", ylim=(0, None))
    left.legend()
    rows = range(len(metrics))
    right.barh(rows, [row.auc for row in metrics], 0.36, label="AUC")
    right.barh([row + _BAR for row in rows], [row.ndcg for row in metrics], 0.36, label="nDCG@10")
    right.set_yticks([row + _BAR / 2 for row in rows], [row.method for row in metrics])
    right.set(xlim=(0, 1))
    right.legend(loc="lower right")
    try:
        picture.savefig(path, format="png", dpi=120)
    except OSError as error:
        raise PapersysError(f"{path} cannot be written: {error.strerror}.") from error


def _defined(curve: LearningCurve) -> list[tuple[int, float, float]]:
    return [point for point in curve if not math.isnan(point[1]) and not math.isnan(point[2])]
