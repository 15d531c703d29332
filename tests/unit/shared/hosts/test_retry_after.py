"""The wait in a header, as a table."""

from datetime import UTC, datetime

import pytest

from shared.hosts.retry_after import wait_asked_for

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("-3", 0),
        ("999999", 3600),
        ("inf", 3600),
        ("nan", None),
        ("Sat, 21 Nov 2026 12:02:00 GMT", 120),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("Sat, 99 Nov 99999 99:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", 3600),
        ("soon", None),
        ("٣", None),
        ("", None),
    ],
)
def test_what_a_header_asks_for(value: str, seconds: float | None) -> None:
    assert wait_asked_for({"retry-after": value}, NOW) == seconds


def test_no_header_asks_for_nothing() -> None:
    assert wait_asked_for({}, NOW) is None


def test_the_ceiling_is_the_callers() -> None:
    assert wait_asked_for({"retry-after": "99999999"}, NOW, longest_seconds=86_400.0) == 86_400.0
    assert wait_asked_for({"retry-after": "99999999"}, NOW, longest_seconds=60.0) == 60.0


def test_a_date_without_a_zone_is_read_as_utc() -> None:
    assert wait_asked_for({"retry-after": "Sat, 21 Nov 2026 12:02:00"}, NOW) == 120
