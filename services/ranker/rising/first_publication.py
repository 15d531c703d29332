"""When a paper was first published, and how far back the papers of a store go. Pure."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta

from shared.paper_ids import month_of
from shared.store.papers.metadata import Paper

WINDOW_DAYS = 28
MOST_WINDOWS = 7
"""The newest four weeks, and up to 24 weeks before."""
_STRAY = 10
"""So many papers make a day: a few newer ones were looked up by themselves while nothing was harvested."""


def first_published(paper: Paper) -> date | None:
    """The day of the first version. Where only a later version's day is known, the last day of the id's month."""
    if paper.published_at is None:
        return None
    year, month = map(int, month_of(paper.paper_id).split("-"))
    last = date(year, month, calendar.monthrange(year, month)[1])
    return min(paper.published_at.date(), last)


def months_back(newest: date, days: int = WINDOW_DAYS * MOST_WINDOWS) -> set[str]:
    """The months `YYYY-MM` of the ids that papers of these days can have: an id is given up to days later."""
    first = newest - timedelta(days=days)
    return {f"{first + timedelta(days=number):%Y-%m}" for number in range(days + 32)}


def newest_day(papers: Iterable[Paper], today: date) -> date | None:
    """The day up to which papers were harvested: that of the tenth newest of these (the newest first, by month).

    What claims to come from the future does not count; None where no paper has a day.
    """
    days: list[date] = []
    month = ""
    for paper in papers:
        if len(days) >= _STRAY and month_of(paper.paper_id) != month:
            break
        month = month_of(paper.paper_id)
        day = first_published(paper)
        if day is not None and day <= today:
            days.append(day)
    return sorted(days, reverse=True)[:_STRAY][-1] if days else None
