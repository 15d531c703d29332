"""The owner's standing verdicts: what is stored, and what was just said and is on its way to the store."""

import threading
from collections.abc import Iterable

from shared.contracts import FeedbackLabel, Label
from shared.store.files.data_folder import DataFolder
from shared.store.preferences import Verdict, VerdictStore, verdicts_of


class Verdicts:
    """One user's verdicts by paper. The newest word wins, stored or not."""

    def __init__(self, data: DataFolder, user: str) -> None:
        self._store = VerdictStore(data)
        self._user = user
        self._lock = threading.Lock()
        self._stamp: str | None = None
        self._stored: dict[str, Verdict] = {}
        self._said: dict[str, Verdict] = {}

    def labels(self, paper_ids: Iterable[str]) -> dict[str, Label]:
        """`like` or `dislike` by paper; papers without a verdict are left out."""
        with self._lock:
            self._refresh()
            newest = {paper_id: self._newest(paper_id) for paper_id in paper_ids}
        return {paper_id: verdict.label for paper_id, verdict in newest.items() if verdict and verdict.label != "clear"}

    def say(self, event: FeedbackLabel) -> None:
        """Show a verdict that was published, before it is stored."""
        with self._lock:
            self._said.update({verdict.paper_id: verdict for verdict in verdicts_of(event)})

    def _newest(self, paper_id: str) -> Verdict | None:
        words = [one for one in (self._stored.get(paper_id), self._said.get(paper_id)) if one is not None]
        return max(words, key=lambda verdict: verdict.occurred_at, default=None)

    def _refresh(self) -> None:
        stamp = self._store.fingerprint()
        if stamp == self._stamp:
            return
        everything = self._store.all(self._user)
        arrived = {(verdict.event_id, verdict.paper_id) for verdict in everything}
        self._stored = {verdict.paper_id: verdict for verdict in everything}
        self._said = {
            paper_id: verdict for paper_id, verdict in self._said.items() if (verdict.event_id, paper_id) not in arrived
        }
        self._stamp = stamp
