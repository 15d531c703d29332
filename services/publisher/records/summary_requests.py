"""Papers whose summary was asked for with the reader's button and is not there yet."""

import time
from collections.abc import Callable

from services.publisher.records.records import Records

_WAIT_SECONDS = 1_800.0
"""After this a page stops waiting: the job failed elsewhere, or is far down a queue."""


class SummaryRequests:
    """Requests by paper since this process started, so that a page can say that a summary is on its way."""

    def __init__(self, records: Records, clock: Callable[[], float] = time.monotonic) -> None:
        self._records = records
        self._clock = clock
        self._requested_at: dict[str, float] = {}

    def add(self, paper_id: str) -> None:
        self._requested_at[paper_id] = self._clock()

    def is_pending(self, paper_id: str) -> bool:
        """Whether a summary was asked for lately and is not stored yet."""
        requested_at = self._requested_at.get(paper_id)
        if requested_at is None:
            return False
        if self._clock() - requested_at > _WAIT_SECONDS or self._records.summaries([paper_id]):
            self._requested_at.pop(paper_id, None)
            return False
        return True
