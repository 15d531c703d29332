"""When arXiv announces: Sunday to Thursday at 20:00 US Eastern, except on some holidays.

Source: https://info.arxiv.org/help/availability.html
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
_READY_HOUR, _READY_MINUTE = 22, 30
_QUIET_WEEKDAYS = (4, 5)
_THURSDAY = 3
HOLIDAYS = frozenset(map(date.fromisoformat, ("2026-11-26", "2026-12-25", "2026-12-29", "2026-12-31")))


def probable_holiday(day: date) -> str:
    """Why there may be no announcement in years whose list is not known here; empty words on other days."""
    if day.year in {listed.year for listed in HOLIDAYS}:
        return ""
    if day.month == 11 and day.weekday() == _THURSDAY and 22 <= day.day <= 28:
        return "Thanksgiving is a holiday at arXiv"
    if (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1):
        return "arXiv announces on some evenings only between Christmas and New Year"
    return ""


def is_announcement_evening(day: date) -> bool:
    return day.weekday() not in _QUIET_WEEKDAYS and day not in HOLIDAYS


def why_nothing_new(now: datetime) -> str:
    """Why arXiv has announced nothing since its last announcement, seen at `now`; empty where it should have."""
    eastern = now.astimezone(EASTERN)
    day = eastern.date()
    if not is_announcement_evening(day):
        reason = "a holiday at arXiv" if day in HOLIDAYS else day.strftime("%A")
        return f"No announcement: {reason}"
    if (eastern.hour, eastern.minute) < (_READY_HOUR, _READY_MINUTE):
        return "Not announced yet: arXiv announces at 20:00 US Eastern and its lists are ready about 22:30"
    probable = probable_holiday(day)
    return f"Probably no announcement: {probable}" if probable else ""


def last_announcement(now: datetime) -> date:
    """The newest evening whose announcement can be read at `now`."""
    eastern = now.astimezone(EASTERN)
    day = eastern.date()
    if (eastern.hour, eastern.minute) < (_READY_HOUR, _READY_MINUTE):
        day -= timedelta(days=1)
    while not is_announcement_evening(day):
        day -= timedelta(days=1)
    return day
