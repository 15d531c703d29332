"""What a harvest asks next, and what an error of the protocol means for it."""

import logging
from collections.abc import Mapping
from datetime import date

from services.fetcher.cursor import Cursor, Plan
from services.fetcher.oai import PREFIX, OaiError
from services.fetcher.progress import EARLIEST_DATESTAMP
from services.fetcher.sets import sets_of
from shared.errors import PermanentFailure, TemporaryFailure

log = logging.getLogger(__name__)

_RESTARTS = 3
_DAYS_EARLIER = 1


def lists_of(plan: Plan) -> tuple[str | None, ...]:
    """What a harvest goes through: sets, or single papers."""
    return plan.ids or sets_of(plan.categories)


def share_done(cursor: Cursor, lists: int, today: date) -> float:
    """About how much of a harvest is done, from 0 to 1: papers of a limit, or lists and the days of the present one."""
    plan = cursor.plan
    if plan.limit:
        return min(1.0, cursor.seen / plan.limit)
    days = max(1, ((plan.until_date or today) - plan.from_date).days)
    passed = (cursor.set_newest - plan.from_date).days / days if cursor.set_newest else 0.0
    return min(1.0, (cursor.set_index + min(1.0, max(0.0, passed))) / lists)


def arguments(cursor: Cursor, name: str | None, verb: str = "ListRecords") -> Mapping[str, str]:
    """The OAI-PMH request for the cursor's next page of a set, or for a single paper."""
    if cursor.plan.ids:
        return {"verb": "GetRecord", "metadataPrefix": PREFIX, "identifier": f"oai:arXiv.org:{name}"}
    if cursor.token is not None:
        return {"verb": verb, "resumptionToken": cursor.token}
    plan = cursor.plan
    said = {"verb": verb, "metadataPrefix": PREFIX, "from": cursor.from_date.isoformat()}
    if plan.until_date is not None:
        said["until"] = plan.until_date.isoformat()
    return {**said, "set": name} if name else said


def is_to_be_asked_again(error: OaiError, cursor: Cursor) -> bool:
    """Move the cursor to another request where this answer is none; False where the set really has no records.

    arXiv keeps errors until 00:00 UTC: a `noRecordsMatch` of this morning can hide the papers of today. The same
    question with another first day is a new one. In mid-list any error means that the token has expired.
    Raises PermanentFailure, or TemporaryFailure where beginning again has not helped.
    """
    if cursor.plan.ids and error.code == "idDoesNotExist":
        return False
    if cursor.token is None:
        if error.code != "noRecordsMatch":
            raise PermanentFailure(f"arXiv does not accept the harvest: {error.code}, {error.message}")
        had_records = cursor.set_newest is not None
        may_be_kept = had_records or cursor.plan.until_date is None
        if may_be_kept and cursor.days_earlier < _DAYS_EARLIER and cursor.from_date > EARLIEST_DATESTAMP:
            cursor.ask_earlier()
            return True
        if had_records:
            raise TemporaryFailure(f"arXiv's list is empty from {cursor.set_newest} on, where it had papers before.")
        return False
    if cursor.restarts >= _RESTARTS:
        raise TemporaryFailure(f"arXiv's list breaks off again and again: {error.code}, {error.message}")
    log.warning("The list of arXiv broke off (%s), it begins again.", error.code, extra={"action": "set_restarted"})
    cursor.restart_set()
    return True
