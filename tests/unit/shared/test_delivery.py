"""What becomes of a message, as a table."""

import pytest

from shared.delivery import Policy, Verdict, decide, is_poison
from shared.errors import PapersFailed, PermanentFailure, TemporaryFailure

POLICY = Policy(delays_seconds=(1, 5))


@pytest.mark.parametrize(
    ("error", "attempt", "verdict"),
    [
        (None, 1, Verdict()),
        (TemporaryFailure("busy"), 1, Verdict(retry_in_seconds=1)),
        (TemporaryFailure("busy"), 2, Verdict(retry_in_seconds=5)),
        (TemporaryFailure("busy"), 3, Verdict(dead={None: "busy"})),
        (TemporaryFailure("busy", retry_in_seconds=90), 1, Verdict(retry_in_seconds=90)),
        (PermanentFailure("never"), 1, Verdict(dead={None: "never"})),
        (KeyError("bug"), 1, Verdict(retry_in_seconds=1)),
        (KeyError("bug"), 3, Verdict(dead={None: "KeyError: 'bug'"})),
        (PapersFailed({"a": PermanentFailure("bad")}), 1, Verdict(dead={"a": "bad"})),
        (
            PapersFailed({"a": PermanentFailure("bad"), "b": TemporaryFailure("busy")}),
            1,
            Verdict(retry_in_seconds=1, dead={"a": "bad"}),
        ),
        (PapersFailed({"b": TemporaryFailure("busy")}), 3, Verdict(dead={"b": "busy"})),
    ],
)
def test_each_outcome_has_its_verdict(error: Exception | None, attempt: int, verdict: Verdict) -> None:
    assert decide(error, attempt, POLICY) == verdict


def test_a_message_that_kills_its_handlers_is_poison_in_the_end() -> None:
    assert not is_poison(POLICY.max_attempts, POLICY)
    assert is_poison(POLICY.max_attempts + 16, POLICY)
