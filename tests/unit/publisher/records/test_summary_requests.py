"""A requested summary is waited for until it is stored, or for half an hour."""

from services.publisher.records.records import Records
from services.publisher.records.summary_requests import SummaryRequests
from shared.store.files.data_folder import DataFolder
from shared.store.summaries import SummaryStore
from tests.support.seed import PROTEINS, UNREAD, summary


def test_a_request_is_pending_until_the_summary_is_stored(data: DataFolder) -> None:
    requests = SummaryRequests(Records(data, "minilm"))
    assert not requests.is_pending(PROTEINS)
    requests.add(PROTEINS)
    assert requests.is_pending(PROTEINS)
    assert not requests.is_pending(UNREAD)
    SummaryStore(data).put(summary(PROTEINS))
    assert not requests.is_pending(PROTEINS)


def test_a_request_without_an_answer_is_given_up(data: DataFolder) -> None:
    seconds = [0.0]
    requests = SummaryRequests(Records(data, "minilm"), clock=lambda: seconds[0])
    requests.add(PROTEINS)
    seconds[0] = 1_801.0
    assert not requests.is_pending(PROTEINS)
