"""The wait that a server asks for in a `Retry-After` header (RFC 9110, section 10.2.3)."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_SECONDS = 3_600.0


def wait_asked_for(
    headers: Mapping[str, str], present: datetime, longest_seconds: float = LONGEST_SECONDS
) -> float | None:
    """Seconds that the header asks for (seconds or an HTTP date), at most `longest_seconds`; None without a sound one.

    `headers` are those of an HTTP client, or else named in lower case.
    """
    value = headers.get("retry-after")
    if value is None or not value.isascii():
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
            seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - present).total_seconds()
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), longest_seconds)
