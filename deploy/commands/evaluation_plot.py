"""The learning curve of an evaluation as a picture: in the terminal, and as PNG."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.errors import PapersysError

LearningCurve = Sequence[tuple[int, float, float]]

_ROWS, _COLUMNS = 10, 60


def draw_learning_curve(curve: LearningCurve) -> str:
    """The Brier score after each step: `o` ours, `.` the base rate, lower is better."""
    points = _known(curve)
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
    return "\n".join(["Brier score (o papersys, . base rate) by ratings", *lines, axis, f"{'':8}0{last:>{_COLUMNS}}"])


def write_png(path: Path, curve: LearningCurve, metrics: Sequence[Any], base_brier: float) -> None:
    """The Brier score along the ratings, and AUC and nDCG@10 of each method. Raises PapersysError."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise PapersysError("A PNG needs matplotlib: pip install 'papersys[plot]'; or leave --plot away.") from error
    picture = Figure(figsize=(11, 4.5), layout="constrained")
    left, right = picture.subplots(1, 2)
    points = _known(curve)
    left.plot([one[0] for one in points], [one[1] for one in points], label="papersys")
    left.plot([one[0] for one in points], [one[2] for one in points], label=f"base rate ({base_brier:.3f} at the end)")
    left.set(xlabel="ratings predicted", ylabel="Brier score, lower is better", ylim=(0, None))
    left.legend()
    names = [one.method for one in metrics]
    for shift, (measure, label) in enumerate((("auc", "AUC"), ("ndcg", "nDCG@10"))):
        right.barh(
            [row + 0.38 * shift for row in range(len(names))],
            [getattr(one, measure) for one in metrics],
            0.36,
            label=label,
        )
    right.set_yticks([row + 0.19 for row in range(len(names))], names)
    right.set(xlim=(0, 1))
    right.legend(loc="lower right")
    try:
        picture.savefig(path, format="png", dpi=120)
    except OSError as error:
        raise PapersysError(f"{path} cannot be written: {error.strerror}.") from error


def _known(curve: LearningCurve) -> list[tuple[int, float, float]]:
    return [one for one in curve if not math.isnan(one[1]) and not math.isnan(one[2])]
