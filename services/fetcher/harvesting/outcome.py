"""What a harvest comes to, in words for a person: how many papers, or why none."""

from datetime import datetime

from services.fetcher.arxiv.announcement_calendar import why_nothing_new
from shared.store.harvests.runs import HarvestRun

_NAMED = 10


def outcome_of(run: HarvestRun, now: datetime) -> str:
    """`128 new, 3 revised, 5 unchanged`, or the reason why there is nothing, and what could not be read."""
    came = [] if run.state == "failed" else [_what_came(run, now)]
    return "; ".join([*came, *_what_failed(run)])


def _what_came(run: HarvestRun, now: datetime) -> str:
    counts = _counts(run)
    if run.size:
        return counts
    return f"{_why_none(run, now)} ({counts})" if run.known or run.filtered else _why_none(run, now)


def _what_failed(run: HarvestRun) -> list[str]:
    failures = [f"not harvested: {name} ({problem})" for name, problem in run.failed_sets.items()]
    if run.unreadable:
        named = ", ".join(paper_id or "one without an id" for paper_id in run.unreadable[:_NAMED])
        more = f" and {len(run.unreadable) - _NAMED} more" if len(run.unreadable) > _NAMED else ""
        records = "1 record" if len(run.unreadable) == 1 else f"{len(run.unreadable)} records"
        failures.append(f"{records} from arXiv could not be read: {named}{more}")
    return failures


def _counts(run: HarvestRun) -> str:
    cross = f" ({run.cross_listed} of them cross-listed)" if run.cross_listed else ""
    withdrawn = f", {run.filtered} withdrawn, stored only;" if run.filtered else ","
    return f"{len(run.new_ids)} new{cross}, {len(run.revised_ids)} revised{withdrawn} {run.known} unchanged"


def _why_none(run: HarvestRun, now: datetime) -> str:
    if run.problem:
        return run.problem
    if run.filtered:
        return f"Nothing to announce: all {run.filtered} new or revised papers are withdrawn"
    if run.until_date is not None:
        where = ", ".join(run.categories) or "all of arXiv"
        return f"Nothing new in {where} from {run.from_date} to {run.until_date}"
    since = run.day or run.from_date
    return why_nothing_new(now) or f"Nothing new since {since}"
