"""What is done after each failure of Notion: again, or an error that says what to do."""

import json
from datetime import UTC, datetime

import httpx
import pytest
from notion_client.errors import HTTPResponseError, RequestTimeoutError, build_request_error

from shared.notion.failures import Again, Gone, NotionAway, NotionClosed, NotionRefused, Unsure, next_step

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def answer(status: int, code: str = "", message: str = "It did not work.", **headers: str) -> HTTPResponseError:
    body = json.dumps({"object": "error", "status": status, "code": code, "message": message}) if code else "<html>"
    return build_request_error(httpx.Response(status, headers=headers), body)


@pytest.mark.parametrize(
    ("error", "repeatable", "expected"),
    [
        (answer(429, "rate_limited", **{"retry-after": "3"}), False, Again(3.0)),
        (answer(529, "service_overload", **{"retry-after": "2"}), False, Again(2.0)),
        (answer(429, "rate_limited"), False, Again(1.0)),
        (answer(409, "conflict_error"), False, Again(1.0)),
        (answer(502), True, Again(1.0)),
        (answer(504, "gateway_timeout"), True, Again(1.0)),
        (httpx.ConnectError("refused"), False, Again(1.0)),
        (RequestTimeoutError(), True, Again(1.0)),
    ],
)
def test_what_was_not_carried_out_is_sent_again(error: Exception, repeatable: bool, expected: Again) -> None:
    assert next_step(error, 0, is_repeatable=repeatable, present=NOON) == expected


@pytest.mark.parametrize(
    ("error", "attempt", "kind"),
    [
        (answer(502), 0, Unsure),
        (answer(503, "service_unavailable"), 0, Unsure),
        (RequestTimeoutError(), 0, Unsure),
        (httpx.ReadError("broken"), 0, Unsure),
        (httpx.ConnectError("refused"), 5, NotionAway),
        (answer(409, "conflict_error"), 5, NotionAway),
        (answer(429, "rate_limited", **{"retry-after": "600"}), 0, NotionAway),
        (answer(401, "unauthorized"), 0, NotionClosed),
        (answer(403, "restricted_resource"), 0, NotionClosed),
        (answer(404, "object_not_found"), 0, Gone),
        (answer(400, "validation_error", "Can't edit block that is archived."), 0, Gone),
        (answer(400, "validation_error", "body failed validation"), 0, NotionRefused),
        (answer(413), 0, NotionRefused),
    ],
)
def test_what_cannot_be_helped_is_raised(error: Exception, attempt: int, kind: type[Exception]) -> None:
    assert type(next_step(error, attempt, is_repeatable=False, present=NOON)) is kind


def test_a_long_wait_that_notion_asks_for_is_kept() -> None:
    step = next_step(answer(429, "rate_limited", **{"retry-after": "600"}), 0, is_repeatable=False, present=NOON)
    assert isinstance(step, NotionAway)
    assert step.retry_in_seconds == 600


def test_a_message_that_the_client_does_not_know_is_told() -> None:
    error = answer(400, "plan_restriction", "The workspace is full.")
    step = next_step(error, 0, is_repeatable=False, present=NOON)
    assert "The workspace is full" in str(step)
