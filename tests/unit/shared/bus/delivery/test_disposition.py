"""What becomes of a message, as a table."""

from math import inf, nan

import pytest

from shared.bus.delivery.disposition import CRASH_ALLOWANCE, Disposition, Policy, decide, is_poison
from shared.errors import PapersFailed, PermanentFailure, RequestFailed, TemporaryFailure, reason

POLICY = Policy(delays_seconds=(1, 5))
AWAY = RequestFailed("arXiv is away", code="temporary", retryable=True, retry_in_seconds=90)


@pytest.mark.parametrize(
    ("error", "attempt", "disposition"),
    [
        (None, 1, Disposition()),
        (TemporaryFailure("busy"), 1, Disposition(retry_in_seconds=1)),
        (TemporaryFailure("busy"), 2, Disposition(retry_in_seconds=5)),
        (TemporaryFailure("busy"), 3, Disposition(dead={None: "busy"})),
        (TemporaryFailure("busy", retry_in_seconds=90), 1, Disposition(retry_in_seconds=90, is_attempt=False)),
        (TemporaryFailure("busy", retry_in_seconds=90), 999, Disposition(retry_in_seconds=90, is_attempt=False)),
        (TemporaryFailure("busy", retry_in_seconds=0), 1, Disposition(retry_in_seconds=1, is_attempt=False)),
        (TemporaryFailure("busy", retry_in_seconds=-5), 1, Disposition(retry_in_seconds=1, is_attempt=False)),
        (TemporaryFailure("busy", retry_in_seconds=nan), 1, Disposition(retry_in_seconds=1, is_attempt=False)),
        (TemporaryFailure("busy", retry_in_seconds=inf), 1, Disposition(retry_in_seconds=3600, is_attempt=False)),
        (AWAY, 999, Disposition(retry_in_seconds=90, is_attempt=False)),
        (RequestFailed("slow", code="deadline", retryable=True), 1, Disposition(retry_in_seconds=1)),
        (RequestFailed("slow", code="deadline", retryable=True), 3, Disposition(dead={None: "slow"})),
        (RequestFailed("never", code="permanent", retryable=False), 1, Disposition(dead={None: "never"})),
        (PermanentFailure("never"), 1, Disposition(dead={None: "never"})),
        (KeyError("bug"), 1, Disposition(retry_in_seconds=1)),
        (KeyError("bug"), 3, Disposition(dead={None: "KeyError: 'bug'"})),
        (PapersFailed({"a": PermanentFailure("bad")}), 1, Disposition(dead={"a": "bad"})),
        (
            PapersFailed({"a": PermanentFailure("bad"), "b": TemporaryFailure("busy")}),
            1,
            Disposition(retry_in_seconds=1, dead={"a": "bad"}),
        ),
        (PapersFailed({"b": TemporaryFailure("busy")}), 3, Disposition(dead={"b": "busy"})),
        (PapersFailed({"a": AWAY, "b": AWAY}), 999, Disposition(retry_in_seconds=90, is_attempt=False)),
        (PapersFailed({"a": AWAY, "b": TemporaryFailure("busy")}), 2, Disposition(retry_in_seconds=90)),
        (
            PapersFailed({"a": AWAY, "b": TemporaryFailure("busy")}),
            3,
            Disposition(retry_in_seconds=90, dead={"b": "busy"}, is_attempt=False),
        ),
        (
            PapersFailed({"a": AWAY, "b": PermanentFailure("bad")}),
            1,
            Disposition(retry_in_seconds=90, dead={"b": "bad"}, is_attempt=False),
        ),
    ],
)
def test_each_outcome_has_its_disposition(error: Exception | None, attempt: int, disposition: Disposition) -> None:
    assert decide(error, attempt, POLICY) == disposition


def test_a_message_that_kills_its_handlers_is_poison_in_the_end() -> None:
    assert not is_poison(CRASH_ALLOWANCE)
    assert is_poison(CRASH_ALLOWANCE + 1)


def test_a_reason_is_one_short_line_of_unicode_whatever_the_error_says() -> None:
    said = reason(PermanentFailure("a\x1b[31m\nb \ud800 " + "x" * 1_000_000))
    assert said.startswith("a\\x1b[31m b \\ud800 xxx")
    assert len(said) <= 2_000
    assert said.encode()
