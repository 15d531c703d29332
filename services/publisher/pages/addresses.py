"""What an address says: a day, a number, a paper; or a page that says why it is none."""

from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request

from shared.paper_ids import parse_paper_id

_MOST_DIGITS = 10


def read_date(text: str) -> date:
    """A day of an address. Raises HTTPException 404."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(404, f"{text!r} is not a valid date (YYYY-MM-DD).") from error


def read_number(request: Request, name: str) -> int | None:
    """A whole number of an address's query; None where it is not given. Raises HTTPException 404."""
    text = request.query_params.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS):
        raise HTTPException(404, f"{name} must be a whole number, not {text[:40]!r}.")
    return int(text) if text else None


def read_paper_id(text: str) -> str:
    """The id without version of the paper that an address names. Raises HTTPException 404."""
    try:
        return parse_paper_id(text)
    except ValueError as error:
        raise HTTPException(404, f"{error}.") from error
