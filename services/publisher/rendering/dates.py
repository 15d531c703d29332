"""Days and moments as people write them."""

from datetime import date, datetime


def clock(moment: datetime) -> str:
    """`2026-11-06 12:00 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def long_date(day: date | datetime) -> str:
    """`Friday, 6 November 2026`."""
    return f"{day:%A}, {day.day} {day:%B %Y}"
