"""Which faults of the demo arXiv refuse a request, and how."""

from datetime import UTC, datetime

import pytest

from deploy.demo.misbehaviour.faults import new_fault
from deploy.demo.misbehaviour.gate import refuse

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "status", "retry_after"),
    [
        ("503", 503, "5"),
        ("503-date", 503, "Fri, 06 Nov 2026 12:00:05 GMT"),
        ("503-silent", 503, None),
        ("429", 429, "5"),
        ("403", 403, None),
        ("406", 406, None),
        ("rate-exceeded", 200, None),
    ],
)
def test_refusals(kind: str, status: int, retry_after: str | None) -> None:
    answer = refuse(new_fault({"kind": kind, "seconds": 5.0}), NOW)
    assert answer is not None
    assert answer.status_code == status
    assert answer.headers.get("retry-after") == retry_after


@pytest.mark.parametrize(
    "kind", ["truncated", "dropped", "slow", "garbage", "empty-page", "stale-none", "token-expired"]
)
def test_faults_that_spoil_an_answer_do_not_refuse_it(kind: str) -> None:
    assert refuse(new_fault({"kind": kind}), NOW) is None
