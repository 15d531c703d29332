"""Papers whose summary was requested with the reader's button and is not there yet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.publisher.records.records import Records
from shared.bus.dead_letters import DeadLetter
from shared.contracts import now

_WAIT = timedelta(minutes=30)
"""After this a page stops waiting: the job is far down a queue, or lost."""


@dataclass(frozen=True)
class RequestState:
    """`is_pending`: the summary is on its way; `problem`: why the request failed."""

    is_pending: bool = False
    problem: str = ""


class SummaryRequests:
    """Requests by paper since this process started, so that a page can say that a summary is on its way."""

    def __init__(self, records: Records, clock: Callable[[], datetime] = now) -> None:
        self._records = records
        self._clock = clock
        self._requested_at: dict[str, datetime] = {}

    def add(self, paper_id: str) -> None:
        self._requested_at[paper_id] = self._clock()

    def state(self, paper_id: str, failed_jobs: Iterable[DeadLetter] = ()) -> RequestState:
        """What became of the last request; nothing where there was none, or the summary is stored."""
        requested_at = self._requested_at.get(paper_id)
        if requested_at is None:
            return RequestState()
        if self._clock() - requested_at > _WAIT or self._records.summaries([paper_id]):
            del self._requested_at[paper_id]
            return RequestState()
        for letter in failed_jobs:
            if letter.paper_id == paper_id and letter.died_at >= requested_at:
                return RequestState(problem=letter.reason)
        return RequestState(is_pending=True)
