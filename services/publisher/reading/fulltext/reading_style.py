"""How large, how wide and how dense a person likes to read: kept in a cookie, so that the page comes in that shape."""

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from services.publisher.reading.skimming.skim import LEVELS

COOKIE = "papersys_reading"
SIZES = {"s": "Small", "m": "Medium", "l": "Large", "x": "Very large"}
WIDTHS = {"n": "Narrow", "m": "Medium", "w": "Wide"}
_KEPT_SECONDS = 400 * 24 * 3600  # browsers keep none longer


class ReadingStyle(NamedTuple):
    """One of SIZES, one of WIDTHS, and one of the LEVELS of skimming."""

    size: str = "m"
    width: str = "m"
    skim: str = "0"


def reading_style(request: Request) -> ReadingStyle:
    """What the cookie says; medium where it says nothing that is known."""
    size, width, skim, *_ = [*request.cookies.get(COOKIE, "").split("-"), "", "", ""]
    return known_style(size, width, skim)


def known_style(size: object, width: object, skim: object, other: ReadingStyle | None = None) -> ReadingStyle:
    """A style of these names; of a name that is not known, the other's."""
    other = other or ReadingStyle()
    return ReadingStyle(
        size if isinstance(size, str) and size in SIZES else other.size,
        width if isinstance(width, str) and width in WIDTHS else other.width,
        skim if isinstance(skim, str) and skim in LEVELS else other.skim,
    )


def keep_style(response: Response, style: ReadingStyle, *, is_secure: bool) -> Response:
    response.set_cookie(COOKIE, "-".join(style), max_age=_KEPT_SECONDS, httponly=True, samesite="lax", secure=is_secure)
    return response
