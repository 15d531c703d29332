"""Times as files write them."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts import now
from shared.text.rating_files.moments import read_moment

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05T12:00:00Z", "2024-03-05 12:00:00", "2024-03-05 14:00:00 +0200", "2024/03/05/12:00:00",
        "1709640000", "1709640000000", "'2024-03-05T13:00:00+01:00", "05.03.2024 12:00", "5.3.2024, 12:00:00",
    ],
)  # fmt: skip
def test_one_moment_in_many_forms(text: str) -> None:
    assert read_moment(text) == NOON


def test_nothing_written_is_no_time() -> None:
    assert read_moment(" ") is None
    assert read_moment("0000-00-00") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [("2124-01-01", "future"), ("1970-01-01", "before arXiv"), ("5 March", "no date"), ("9" * 13, "future")],
)
def test_what_cannot_be_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_moment(text)


def test_a_clock_that_is_hours_ahead_says_now() -> None:
    moment = read_moment((now() + timedelta(hours=13)).isoformat())
    assert moment is not None
    assert moment <= now()
