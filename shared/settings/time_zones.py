"""Names of time zones in the settings."""

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator


def known_zone(name: str) -> str:
    """Raises ValueError for a name that is no time zone's."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}; they look like Europe/Berlin") from error
    return name


TimeZone = Annotated[str, AfterValidator(known_zone)]
