"""The plot of a backtest."""

from pathlib import Path

import pytest

from services.ranker.cli.learning_curve import write_png
from services.ranker.evaluation.backtest import Metrics
from shared.errors import PapersysError

CURVE = [(10, 0.24, 0.25), (20, 0.20, 0.25), (30, float("nan"), 0.25)]
METRICS = [Metrics("TF-IDF centroid", 0.8, 0.6, float("nan")), Metrics("papersys", 0.9, float("nan"), 0.2)]


def test_a_picture_is_written_where_some_figures_are_unknown_too(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / "plot.png"
    write_png(path, CURVE, METRICS, 0.25)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    with pytest.raises(PapersysError, match=r"plot.png cannot be written"):
        write_png(tmp_path / "no" / "plot.png", CURVE, METRICS, 0.25)
