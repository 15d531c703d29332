"""The demo's days come one by one, and go on after a restart where they stopped."""

from datetime import date
from pathlib import Path

import pytest

from deploy.demo.announcement_days import AnnouncementDays
from shared.demo.days import read_demo_days

DAYS = ["1999-01-04", "2026-11-04", "2026-11-05", "2026-11-06"]


def test_the_last_days_come_in_order_and_the_file_says_how_far(tmp_path: Path) -> None:
    days = AnnouncementDays.last_of(DAYS, 2, tmp_path / "new" / "demo.json")
    first = days.first()
    assert first == date(2026, 11, 5)
    state = days.note(first)
    assert state is not None
    assert (state.number, len(state.days), state.next) == (1, 2, date(2026, 11, 6))
    days.note(date(2026, 11, 6))
    assert AnnouncementDays.last_of(DAYS, 2, tmp_path / "new" / "demo.json").first() == date(2026, 11, 6)
    assert days.after(date(2026, 11, 6)) is None


@pytest.mark.parametrize("content", ["", "{", '{"today": "2026-11-07", "days": ["2026-11-06"]}', "[]"])
def test_a_file_that_says_nothing_usable_counts_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "demo.json"
    path.write_text(content)
    assert read_demo_days(path) is None
    assert AnnouncementDays.last_of(DAYS, 3, path).first() == date(2026, 11, 4)


def test_without_days_all_papers_are_there_at_once() -> None:
    days = AnnouncementDays.last_of([], 0)
    assert days.first() is None
    assert days.note(date(2026, 11, 6)) is None
