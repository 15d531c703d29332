"""When a rating was given, as files write it: ISO 8601 and its relatives, or seconds since 1970."""

import re
from datetime import UTC, datetime

from shared.contracts import AHEAD, FIRST_MOMENT, now

_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}", re.ASCII)
_RIS = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?:[/ ](\d{2}:\d{2}(?::\d{2})?))?.*", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,? (\d{2}:\d{2}(?::\d{2})?))?", re.ASCII)
"""The day stands first wherever dates have dots."""
_WITH_ZONE = "%Y-%m-%d %H:%M:%S %z"


def read_moment(text: str) -> datetime | None:
    """An aware time; None where nothing is written. Raises ValueError that says what is wrong.

    Without a zone it is UTC; by up to a day ahead, such as noon of a clock in Auckland, it is the present.
    """
    text = text.strip().strip("'")
    if not text or text.startswith("0000"):
        return None
    moment = _parsed(text)
    if moment is None:
        raise ValueError(f"{text[:40]!r} is no date that is understood")
    present = now()
    if moment > present + AHEAD:
        raise ValueError(f"{text[:40]} lies in the future")
    if moment < FIRST_MOMENT:
        raise ValueError(f"{text[:40]} lies before arXiv's first day")
    return min(moment, present)


def _parsed(text: str) -> datetime | None:
    try:
        if _SECONDS.fullmatch(text):
            seconds = float(text)
            return datetime.fromtimestamp(seconds / 1_000 if seconds > 1e11 else seconds, UTC)
        if match := _RIS.fullmatch(text):
            year, month, day, clock = match.groups()
            text = f"{year}-{month:0>2}-{day:0>2}" + (f"T{clock}" if clock else "")
        if match := _DOTTED.fullmatch(text):
            day, month, year, clock = match.groups()
            text = f"{year}-{month:0>2}-{day:0>2}" + (f"T{clock}" if clock else "")
        moment = (
            datetime.strptime(text, _WITH_ZONE) if re.search(r" [+-]\d{4}$", text) else datetime.fromisoformat(text)
        )
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
