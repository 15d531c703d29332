"""Errors say whether trying again helps, and what happened in one line."""

import pytest

from shared.errors import PermanentFailure, RequestFailed, TemporaryFailure, reason


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (PermanentFailure("no such paper"), "no such paper"),
        (TemporaryFailure("away"), "away"),
        (ValueError("bad\nvalue"), "ValueError: bad value"),
        (KeyError(), "KeyError"),
    ],
)
def test_an_error_is_one_line_and_an_unexpected_one_names_its_type(error: Exception, text: str) -> None:
    assert reason(error) == text


def test_a_failed_request_is_a_failure_of_delivery_with_the_same_wait() -> None:
    busy = RequestFailed("busy", code="busy", retryable=True, retry_in_seconds=7).as_failure("2403.00001: ")
    assert isinstance(busy, TemporaryFailure)
    assert (str(busy), busy.retry_in_seconds) == ("2403.00001: busy", 7)
    assert isinstance(RequestFailed("never", code="permanent", retryable=False).as_failure(), PermanentFailure)
