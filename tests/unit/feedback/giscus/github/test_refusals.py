"""What an answer of GitHub means."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.feedback.giscus.github.refusals import Overload, Wait, read_answer
from shared.errors import PermanentFailure, TemporaryFailure

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)
LIMITED = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}


def reset(minutes: int) -> dict[str, str]:
    return {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int((NOW + timedelta(minutes=minutes)).timestamp()))}


@pytest.mark.parametrize(
    ("status", "headers", "body", "seconds"),
    [
        (403, {"retry-after": "30"}, {"message": "secondary rate limit"}, [30, 30]),
        (429, {}, {}, [60, 120]),
        (403, reset(10), {"message": "API rate limit exceeded"}, [601, 601]),
        (200, reset(10), LIMITED, [601, 601]),
        (200, reset(-10), LIMITED, [60, 120]),
        (200, {}, {"errors": [{"message": "You have exceeded a secondary rate limit."}]}, [60, 120]),
        (403, {"retry-after": "0"}, {"message": "slow down"}, [1, 2]),
    ],
)
def test_a_pause_is_as_long_as_github_asks_and_grows_where_it_does_not_say(
    status: int, headers: dict[str, str], body: Any, seconds: list[float]
) -> None:
    with pytest.raises(Wait) as raised:
        read_answer(status, headers, json.dumps(body).encode(), NOW, "ada/papers")
    assert [raised.value.seconds(times) for times in (1, 2)] == seconds


@pytest.mark.parametrize(
    ("status", "content", "error", "says"),
    [
        (502, b"<html>", Overload, "502"),
        (200, b'{"data": null, "errors": [{"message": "Something went wrong"}]}', Overload, "Something went wrong"),
        (200, b"[]", TemporaryFailure, "cannot be read"),
        (200, b'{"da', TemporaryFailure, "cannot be read"),
        (401, b"{}", PermanentFailure, "expired or was revoked"),
        (403, b'{"message": "Resource protected by organization SAML enforcement."}', PermanentFailure, "SAML"),
        (
            200,
            b'{"errors": [{"type": "INSUFFICIENT_SCOPES", "message": "needs read"}]}',
            PermanentFailure,
            "needs read",
        ),
        (404, b"", PermanentFailure, "no reason was given"),
    ],
)
def test_a_refusal_says_what_it_is_and_whether_it_passes(
    status: int, content: bytes, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        read_answer(status, {}, content, NOW, "ada/papers")


def test_parts_that_are_missing_are_noted_beside_the_data() -> None:
    body = {"data": {"repository": None}, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve\x1b[31m"}]}
    answer = read_answer(200, {}, json.dumps(body).encode(), NOW, "ada/papers")
    assert answer.data == {"repository": None}
    assert answer.problems == ("Could not resolve\\x1b[31m",)
