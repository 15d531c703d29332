"""Which week is to be looked at. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.store.people.missed import MissedWeek

LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Week:
    """Papers that were rated from `since` until `until`; `name` is the ISO week that ends then."""

    name: str
    since: datetime
    until: datetime


def last_whole_week(moment: datetime) -> Week:
    """The newest week that was over at a moment, Monday to Sunday, UTC."""
    monday = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(
        days=moment.astimezone(UTC).weekday()
    )
    before = monday - timedelta(weeks=1)
    year, week, _ = before.isocalendar()
    return Week(f"{year}-W{week:02d}", before, monday)


def days_until(moment: datetime) -> Week:
    """All that can be looked at, up to a moment."""
    return Week("now", moment - LOOKED_BACK, moment)


def week_after(stored: Sequence[MissedWeek], moment: datetime) -> Week | None:
    """The last whole week with all that came since the one before it; the first looks back as far as it can.

    Weeks to come, which a wrong clock wrote, count for nothing.
    """
    week = last_whole_week(moment)
    if any(other.week == week.name for other in stored):
        return None
    ends = [other.until for other in stored if other.until < week.until]
    return Week(week.name, max([week.until - LOOKED_BACK, *ends]), week.until)
