"""What the buttons that pause or reset a facet send, as a request to the ranker. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError
from starlette.exceptions import HTTPException

from shared.contracts import ChangeFacet

_DAYS = {"pause_week": 7, "pause_month": 30}
_WANTED = (
    "Not a valid change: a facet's key and pause, pause_week, pause_month, pause_until (with a day), resume, reset or "
    "undo_reset."
)


def facet_change(fields: Mapping[str, object], user: str, moment: datetime) -> ChangeFacet:
    """The request of a user at a moment. Raises HTTPException (422) for what is none, and for a day that has passed."""
    action = str(fields.get("action", ""))
    until = moment + timedelta(days=_DAYS[action]) if action in _DAYS else None
    if action == "pause_until":
        until = _start_of(str(fields.get("until", "")))
        if until <= moment:
            raise HTTPException(422, f"{until:%Y-%m-%d} has begun already; a pause must end on a later day.")
    name = "pause" if action.startswith("pause_") else action
    try:
        return ChangeFacet.model_validate({"key": fields.get("key"), "action": name, "until": until, "user": user})
    except ValidationError as error:
        raise HTTPException(422, _WANTED) from error


def _start_of(day: str) -> datetime:
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise HTTPException(422, f"{day!r} is not a valid day; choose one, such as 2026-12-24.") from error
