"""The drawing of results over time."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.publisher.paper.results.plot import HEIGHT, WIDTH, Point, plot_of


def point(month: int, value: float, *, own: bool = True) -> Point:
    return Point(date(2026, month, 1), value, str(value), own, "2601.00001", "On walks")


def test_later_is_further_right_and_more_is_higher() -> None:
    marks = plot_of([point(1, 80.0), point(6, 90.0), point(3, 85.0)], "F1", "higher").marks
    assert [mark.point.value for mark in marks] == [80.0, 85.0, 90.0]
    assert marks[0].x < marks[1].x < marks[2].x
    assert marks[0].y > marks[1].y > marks[2].y


@pytest.mark.parametrize(("better", "levels"), [("higher", 2), ("lower", 1), ("", 0)])
def test_the_line_of_the_best_steps_only_where_it_is_beaten_by_an_own_result(better: str, levels: int) -> None:
    plot = plot_of([point(1, 80.0), point(2, 99.0, own=False), point(3, 90.0), point(4, 85.0)], "F1", better)
    assert plot.best.count("V") == max(0, levels - 1)
    assert bool(plot.best) == (levels > 0)


@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=2, max_size=20))
def test_every_point_lies_within_the_drawing(values: list[float]) -> None:
    plot = plot_of([point(1 + index % 12, value) for index, value in enumerate(values)], "F1", "higher")
    assert all(0 <= mark.x <= WIDTH and -0.1 <= mark.y <= HEIGHT + 0.1 for mark in plot.marks)
    assert 1 <= len(plot.up) <= 12
