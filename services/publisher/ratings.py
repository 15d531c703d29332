"""The owner's standing ratings: what is stored, and what was just said and is on its way to the store."""

import threading
from collections.abc import Iterable

from shared.contracts import FeedbackLabel, Label
from shared.store.files.data_folder import DataFolder
from shared.store.preferences import Rating, RatingStore, ratings_of


class Ratings:
    """One user's ratings by paper. The newest word wins, stored or not."""

    def __init__(self, data: DataFolder, user: str) -> None:
        self._store = RatingStore(data)
        self._user = user
        self._lock = threading.Lock()
        self._stamp: str | None = None
        self._stored: dict[str, Rating] = {}
        self._said: dict[str, Rating] = {}

    def labels(self, paper_ids: Iterable[str]) -> dict[str, Label]:
        """`like` or `dislike` by paper; papers without a rating are left out."""
        with self._lock:
            self._refresh()
            newest = {paper_id: self._newest(paper_id) for paper_id in paper_ids}
        return {paper_id: rating.label for paper_id, rating in newest.items() if rating and rating.label != "clear"}

    def say(self, event: FeedbackLabel) -> None:
        """Show a rating that was published, before it is stored."""
        with self._lock:
            self._said.update({rating.paper_id: rating for rating in ratings_of(event)})

    def _newest(self, paper_id: str) -> Rating | None:
        words = [one for one in (self._stored.get(paper_id), self._said.get(paper_id)) if one is not None]
        return max(words, key=lambda rating: rating.occurred_at, default=None)

    def _refresh(self) -> None:
        stamp = self._store.fingerprint()
        if stamp == self._stamp:
            return
        everything = self._store.all(self._user)
        arrived = {(rating.event_id, rating.paper_id) for rating in everything}
        self._stored = {rating.paper_id: rating for rating in everything}
        self._said = {
            paper_id: rating for paper_id, rating in self._said.items() if (rating.event_id, paper_id) not in arrived
        }
        self._stamp = stamp
