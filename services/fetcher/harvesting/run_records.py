"""What the record of a harvest says, from what its cursor has counted."""

import uuid
from datetime import datetime

from services.fetcher.arxiv.sets import categories_in
from services.fetcher.harvesting.backfill import by_days, since_of
from services.fetcher.harvesting.cursor import Cursor, FailedList, HarvestPlan
from services.fetcher.harvesting.list_reader import lists_of
from services.fetcher.harvesting.outcome import outcome_of
from services.fetcher.harvesting.progress import Progress
from shared.store.harvests.runs import HarvestRun


def new_run_id(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:6]}"


def record_of(cursor: Cursor, **facts: object) -> HarvestRun:
    """The record of a harvest under way, or as `facts` say."""
    return HarvestRun.model_validate(
        {
            "run_id": cursor.run_id,
            "started_at": cursor.started_at,
            "day": cursor.newest,
            "from_date": cursor.first_day,
            "until_date": cursor.plan.until_date,
            "categories": cursor.plan.categories,
            "known": len(cursor.known),
            "cross_listed": cursor.cross_listed(cursor.new),
            "unreadable": tuple(cursor.lost),
            "failed_sets": {_name(failed, cursor.plan): failed.problem for failed in cursor.failed},
            **facts,
        }
    )


def finished_record(cursor: Cursor, at: datetime, before: Progress | None, *, announces_withdrawn: bool) -> HarvestRun:
    """The record of a harvest that is over, with its outcome in words. `before` is how far earlier ones had come."""
    hidden = set() if announces_withdrawn else cursor.withdrawn
    new = {paper_id: day for paper_id, day in cursor.new.items() if paper_id not in hidden}
    revised = {paper_id: day for paper_id, day in cursor.revised.items() if paper_id not in hidden}
    run = record_of(
        cursor,
        state="done" if cursor.seen or len(cursor.failed) < len(lists_of(cursor.plan)) else "failed",
        finished_at=at,
        **by_days(new, revised, since_of(cursor)),
        cross_listed=min(len(new), cursor.cross_listed(new)),
        filtered=len(cursor.new) + len(cursor.revised) - len(new) - len(revised),
        problem=_why_empty(cursor, before),
    )
    return run.model_copy(update={"outcome": outcome_of(run, at)})


def _name(failed: FailedList, plan: HarvestPlan) -> str:
    if plan.ids:
        return failed.name
    return ", ".join(categories_in(failed.name, plan.categories)) or failed.name or "all of arXiv"


def _why_empty(cursor: Cursor, before: Progress | None) -> str:
    """What is wrong with an empty list; empty words for a list that has papers, or may be empty."""
    plan = cursor.plan
    if cursor.seen or plan.until_date is not None or before is None or before.categories != plan.categories:
        return ""
    if before.day < plan.from_date:
        return ""
    return (
        f"arXiv's list from {plan.from_date} on is empty, though it had papers of {before.day}: probably a cached "
        "answer, which expires at 00:00 UTC. Nothing is lost; the next harvest reads these days again"
    )
