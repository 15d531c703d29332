"""Days, months and years as people type them in a query."""

import calendar
import re
from datetime import date

_PERIOD = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def period_of(text: str, *, is_open: bool = False) -> tuple[date | None, date | None]:
    """The first and last day of `2026`, `2026-11` or `2026-11-06`; with `is_open` also of `2026-01..2026-03`.

    A side of `..` that says nothing is None. Raises ValueError for anything else.
    """
    if is_open and ".." in text:
        first, _, last = text.partition("..")
        return (_days_of(first)[0] if first else None), (_days_of(last)[1] if last else None)
    return _days_of(text)


def _days_of(text: str) -> tuple[date, date]:
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a valid date; write 2026, 2026-11 or 2026-11-06")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is not a valid date; write 2026, 2026-11 or 2026-11-06") from error
    if day is not None:
        return first, first
    last_month = first.month if month is not None else 12
    return first, date(first.year, last_month, calendar.monthrange(first.year, last_month)[1])
