"""Papers that were asked to be read with the reader's button, and whose summary is not there yet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.publisher.records.records import Records
from shared.bus.delivery.dead_letters import DeadLetter
from shared.contracts import now

_WAIT = timedelta(minutes=30)
"""After this a page stops waiting: the job is far down a queue, or lost."""


@dataclass(frozen=True)
class RequestState:
    """`is_pending`: the summary is on its way since `requested_at`; `problem`: why the request failed."""

    is_pending: bool = False
    problem: str = ""
    requested_at: datetime | None = None


class SummaryRequests:
    """Requests by paper since this process started, so that a page can say that a summary is on its way."""

    def __init__(self, records: Records, clock: Callable[[], datetime] = now) -> None:
        self._records = records
        self._clock = clock
        self._requested_at: dict[str, datetime] = {}

    def add(self, paper_id: str) -> None:
        self._requested_at[paper_id] = self._clock()

    def state(self, paper_id: str, failed_jobs: Iterable[DeadLetter] = ()) -> RequestState:
        """What became of the last request; nothing where there was none, or its summary is stored."""
        requested_at = self._requested_at.get(paper_id)
        if requested_at is None:
            return RequestState()
        if self._clock() - requested_at > _WAIT or self._is_summarised(paper_id, requested_at):
            del self._requested_at[paper_id]
            return RequestState()
        for letter in failed_jobs:
            if letter.paper_id == paper_id and letter.died_at >= requested_at:
                return RequestState(problem=letter.reason)
        return RequestState(is_pending=True, requested_at=requested_at)

    def _is_summarised(self, paper_id: str, since: datetime) -> bool:
        """Whether there is a summary that is newer than the request: a paper may be read again."""
        summary = self._records.summaries([paper_id]).get(paper_id)
        return summary is not None and summary.made_at >= since
