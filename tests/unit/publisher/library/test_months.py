"""The calendar: weeks from Monday, days with picks marked, the newest month first."""

from datetime import date

from services.publisher.library.months import month_of, months_of


def test_a_month_has_whole_weeks_and_knows_its_days_with_picks() -> None:
    month = month_of(date(2026, 2, 17), [date(2026, 2, 2), date(2026, 1, 2), date(2025, 2, 2)])
    assert month.name == "February 2026"
    assert month.days == {date(2026, 2, 2)}
    assert [len(week) for week in month.weeks] == [7, 7, 7, 7, 7]
    assert month.weeks[0] == [None] * 6 + [date(2026, 2, 1)]


def test_only_months_with_picks_are_shown() -> None:
    days = [date(2026, 2, 2), date(2025, 11, 30), date(2026, 2, 20)]
    assert [month.name for month in months_of(days)] == ["February 2026", "November 2025"]
    assert months_of([]) == []
