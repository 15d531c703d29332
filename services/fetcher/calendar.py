"""When arXiv announces: Sunday to Thursday at 20:00 US Eastern, except on some holidays.

Source: https://info.arxiv.org/help/availability.html
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
_READY_HOUR, _READY_MINUTE = 22, 30
_QUIET_WEEKDAYS = (4, 5)
HOLIDAYS = frozenset(map(date.fromisoformat, ("2026-11-26", "2026-12-25", "2026-12-29", "2026-12-31")))


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
    return ""


def last_announcement(now: datetime) -> date:
    """The newest evening whose announcement can be read at `now`."""
    eastern = now.astimezone(EASTERN)
    day = eastern.date()
    if (eastern.hour, eastern.minute) < (_READY_HOUR, _READY_MINUTE):
        day -= timedelta(days=1)
    while not is_announcement_evening(day):
        day -= timedelta(days=1)
    return day
