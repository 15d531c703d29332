"""The wait that a server asks for in a `Retry-After` header (RFC 9110, section 10.2.3)."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST_SECONDS = 3_600.0


def wait_asked_for(headers: Mapping[str, str], present: datetime) -> float | None:
    """Seconds that the header asks for (seconds or an HTTP date), at most an hour; None without one that is sound."""
    said = headers.get("retry-after")
    if said is None:
        return None
    try:
        seconds = float(said)
    except ValueError:
        try:
            moment = parsedate_to_datetime(said)
            seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - present).total_seconds()
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), _LONGEST_SECONDS)
