"""A requested summary is waited for until it is stored, its job fails, or half an hour is over."""

from datetime import datetime, timedelta

import pytest

from services.publisher.records.records import Records
from services.publisher.records.summary_requests import RequestState, SummaryRequests
from shared.bus.delivery.dead_letters import DeadLetter
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from tests.support.folders.seed import NOON, PROTEINS, UNREAD, summary


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def requests(data: DataFolder, clock: Clock) -> SummaryRequests:
    return SummaryRequests(Records(data, "minilm"), clock)


def failed_job(paper_id: str, minutes: int) -> DeadLetter:
    return DeadLetter(
        service="embedder",
        subject="papers.new",
        event_id="e",
        paper_id=paper_id,
        reason="arXiv has no such paper",
        attempts=1,
        died_at=NOON + timedelta(minutes=minutes),
        body="{}",
    )


def test_a_request_is_pending_until_the_summary_is_stored(data: DataFolder, requests: SummaryRequests) -> None:
    assert requests.state(PROTEINS) == RequestState()
    requests.add(PROTEINS)
    assert requests.state(PROTEINS).is_pending
    assert not requests.state(UNREAD).is_pending
    SummaryStore(data).put(summary(PROTEINS))
    assert requests.state(PROTEINS) == RequestState()


def test_a_request_whose_job_failed_says_why_and_older_failures_do_not_count(requests: SummaryRequests) -> None:
    requests.add(PROTEINS)
    assert requests.state(PROTEINS, [failed_job(PROTEINS, -1), failed_job(UNREAD, 1)]).is_pending
    assert requests.state(PROTEINS, [failed_job(PROTEINS, 1)]) == RequestState(problem="arXiv has no such paper")


def test_a_request_without_an_answer_is_given_up(requests: SummaryRequests, clock: Clock) -> None:
    requests.add(PROTEINS)
    clock.now += timedelta(minutes=31)
    assert requests.state(PROTEINS) == RequestState()
