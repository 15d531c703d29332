from datetime import date, datetime

import pytest

from services.fetcher.arxiv.announcement_calendar import last_announcement, why_nothing_new


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}-05:00")


def test_on_a_working_evening_there_is_no_excuse() -> None:
    assert why_nothing_new(at("2026-11-05T22:31")) == ""


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-05T22:31", "2026-11-05"),
        ("2026-11-05T22:00", "2026-11-04"),
        ("2026-11-07T12:00", "2026-11-05"),
        ("2026-11-27T12:00", "2026-11-25"),
    ],
)
def test_the_last_announcement_is_the_newest_working_evening(now: str, expected: str) -> None:
    assert last_announcement(at(now)) == date.fromisoformat(expected)
