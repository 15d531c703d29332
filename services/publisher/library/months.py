"""The calendar of days: which days of a month have picks."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Month:
    """`weeks` from Monday to Sunday, None for days of other months; `days` have picks."""

    first: date
    weeks: list[list[date | None]]
    days: frozenset[date]

    @property
    def name(self) -> str:
        return f"{self.first:%B %Y}"


def month_of(day: date, days: Sequence[date]) -> Month:
    """The month of a day; `days` are all days with picks."""
    weeks = [
        [date if date.month == day.month else None for date in week]
        for week in Calendar().monthdatescalendar(day.year, day.month)
    ]
    return Month(day.replace(day=1), weeks, frozenset(other for other in days if _same_month(other, day)))


def months_of(days: Sequence[date]) -> list[Month]:
    """Every month that has a day with picks, the newest first."""
    firsts = dict.fromkeys(day.replace(day=1) for day in sorted(days, reverse=True))
    return [month_of(first, days) for first in firsts]


def _same_month(first: date, second: date) -> bool:
    return (first.year, first.month) == (second.year, second.month)
