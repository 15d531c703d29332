"""Which papers of a harvest are of days gone by: a backfill is known from then on, and no candidate of today. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from services.fetcher.harvesting.cursor import Cursor, HarvestPlan
from services.fetcher.harvesting.progress import Progress

_CURRENT = timedelta(days=14)
_UNKNOWN = "9999-12-31"


def current_from(plan: HarvestPlan, progress: Progress | None, today: date) -> date | None:
    """The first day whose papers are no backfill; None where only the harvest itself will tell.

    What came after the last harvested day is current, however long ago that was: a month away from home is no backfill.
    Two weeks before that day are current too, for what arXiv lists late.
    """
    if progress is not None:
        return progress.day - _CURRENT
    return None if plan.until_date is None else today - _CURRENT


def since_of(cursor: Cursor) -> date | None:
    """The same, known when all was read: the first harvest of all is current in its last two weeks."""
    return cursor.current_from or (cursor.newest - _CURRENT if cursor.newest else None)


def by_days(new: Mapping[str, str], revised: Mapping[str, str], since: date | None) -> dict[str, Any]:
    """The papers of a run's record in the order of their days (ISO; empty where not known), with their counts.

    Papers whose day is not known are current and come last.
    """
    days = Counter(day for day in new.values() if day)
    return {
        "new_ids": _in_order(new),
        "revised_ids": _in_order(revised),
        "days": {date.fromisoformat(day): count for day, count in sorted(days.items())},
        "past_new": _past(new, since),
        "past_revised": _past(revised, since),
    }


def _in_order(days: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(days, key=lambda paper_id: days[paper_id] or _UNKNOWN))


def _past(days: Mapping[str, str], since: date | None) -> int:
    return sum("" < day < since.isoformat() for day in days.values()) if since else 0
