"""The lists of a harvest: what is asked next, what an error of the protocol means, and when a list leads nowhere."""

import logging
from collections.abc import AsyncIterator, Mapping
from datetime import date

from services.fetcher.arxiv.client import Arxiv
from services.fetcher.arxiv.oai import PREFIX, OaiError, OaiPage, parse, record_arguments
from services.fetcher.arxiv.repository import Repository
from services.fetcher.arxiv.sets import sets_of
from services.fetcher.harvesting.cursor import Cursor, HarvestPlan
from services.fetcher.harvesting.progress import EARLIEST_DATESTAMP

log = logging.getLogger(__name__)

_RESTARTS = 3
_DAYS_EARLIER = 1
# A day of arXiv's largest rebuilds has some 50,000 records: 20 pages.
_MOST_PAGES_WITHOUT_PROGRESS = 200


class ListFailed(Exception):
    """One list cannot be read: for good where `is_final`, otherwise at this time. Other lists of a harvest may be."""

    def __init__(self, problem: str, *, is_final: bool = False) -> None:
        super().__init__(problem)
        self.is_final = is_final


class ListReader:
    """Reads lists page by page; whoever takes a page turns the cursor to the next one before asking for it."""

    def __init__(self, arxiv: Arxiv, repository: Repository) -> None:
        self._arxiv = arxiv
        self._repository = repository

    async def pages(self, cursor: Cursor, name: str | None, verb: str = "ListRecords") -> AsyncIterator[OaiPage]:
        """The rest of the present list. Raises ListFailed, and TemporaryFailure where arXiv fails."""
        problem = await self._repository.problem_of(name) if name and not cursor.plan.ids else None
        if problem is not None:
            raise ListFailed(problem, is_final=True)
        index = cursor.set_index
        while cursor.set_index == index:
            page = await self._arxiv.oai(arguments(cursor, name, verb), parse)
            if page.error is not None and await self._is_to_be_asked_again(page.error, cursor):
                continue
            is_circle = page.resumption_token is not None and page.resumption_token in cursor.tokens
            yield page
            if is_circle:
                _begin_again(cursor, "the same resumption token came twice")
            if cursor.idle_pages > _MOST_PAGES_WITHOUT_PROGRESS:
                raise ListFailed("arXiv's list keeps repeating papers that it has listed before")

    async def _is_to_be_asked_again(self, error: OaiError, cursor: Cursor) -> bool:
        if error.code == "badArgument" and cursor.token is None and not cursor.plan.ids:
            earliest = await self._repository.earliest()
            if earliest is not None and cursor.from_date < earliest:
                cursor.begin_at(earliest)
                return True
        return is_to_be_asked_again(error, cursor)


def lists_of(plan: HarvestPlan) -> tuple[str | None, ...]:
    """What a harvest goes through: sets, or single papers."""
    return plan.ids or sets_of(plan.categories)


def share_done(cursor: Cursor, lists: int, today: date) -> float:
    """About how much of a harvest is done, from 0 to 1: papers of a limit, or lists and the days of the present one."""
    plan = cursor.plan
    if plan.limit:
        return min(1.0, cursor.seen / plan.limit)
    days = max(1, ((plan.until_date or today) - cursor.first_day).days)
    passed = (cursor.set_newest - cursor.first_day).days / days if cursor.set_newest else 0.0
    return min(1.0, (cursor.set_index + min(1.0, max(0.0, passed))) / lists)


def arguments(cursor: Cursor, name: str | None, verb: str = "ListRecords") -> Mapping[str, str]:
    """The OAI-PMH request for the cursor's next page of a set, or for a single paper."""
    if cursor.plan.ids and name is not None:
        return record_arguments(name)
    if cursor.token is not None:
        return {"verb": verb, "resumptionToken": cursor.token}
    plan = cursor.plan
    request = {"verb": verb, "metadataPrefix": PREFIX, "from": cursor.from_date.isoformat()}
    if plan.until_date is not None:
        request["until"] = plan.until_date.isoformat()
    return {**request, "set": name} if name else request


def is_to_be_asked_again(error: OaiError, cursor: Cursor) -> bool:
    """Move the cursor to another request where this answer is none; False where the set really has no records.

    arXiv keeps errors until 00:00 UTC: a `noRecordsMatch` of this morning can hide the papers of today. The same
    question with another first day is a new one. In mid-list any error means that the token has expired.
    Raises ListFailed.
    """
    if cursor.plan.ids and error.code == "idDoesNotExist":
        return False
    if cursor.token is not None:
        _begin_again(cursor, f"{error.code}, {error.message}")
        return True
    if error.code != "noRecordsMatch":
        raise ListFailed(f"arXiv rejected the request: {error.code}, {error.message}", is_final=True)
    return _is_to_be_asked_earlier(cursor)


def _is_to_be_asked_earlier(cursor: Cursor) -> bool:
    """An empty list where there were papers is asked for from ever earlier days; they may have moved to later ones."""
    had_records = cursor.set_newest is not None
    may_be_kept = had_records or cursor.plan.until_date is None
    may_go_back = cursor.from_date >= cursor.first_day if had_records else cursor.days_earlier < _DAYS_EARLIER
    if may_be_kept and may_go_back and cursor.from_date > EARLIEST_DATESTAMP:
        before = cursor.from_date
        cursor.ask_earlier()
        if cursor.from_date < before:
            return True
    if had_records:
        raise ListFailed(f"arXiv's list from {cursor.set_newest} on is empty, though it had papers before")
    return False


def _begin_again(cursor: Cursor, reason: str) -> None:
    if cursor.restarts >= _RESTARTS:
        raise ListFailed(f"arXiv's list keeps breaking off: {reason}")
    log.warning("arXiv's list broke off (%s); restarting it.", reason, extra={"action": "set_restarted"})
    cursor.restart_set()
