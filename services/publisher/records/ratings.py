"""The user's current ratings: those in the store, and those just published that the store does not have yet."""

import threading
from collections.abc import Iterable

from shared.contracts import FeedbackLabel, Label
from shared.store.files.data_folder import DataFolder
from shared.store.preferences import Rating, RatingStore, ratings_of


class Ratings:
    """One user's ratings by paper. The newest rating counts, stored or not."""

    def __init__(self, data: DataFolder, user: str, store: RatingStore | None = None) -> None:
        self._data = data
        self._store = store or RatingStore(data)
        self._user = user
        self._lock = threading.Lock()
        self._stamp: str | None = None
        self._stored: dict[str, Rating] = {}
        self._published: dict[str, Rating] = {}
        self._others: dict[str, Ratings] = {}

    def of(self, user: str) -> "Ratings":
        """The ratings of another user; the same object each time."""
        with self._lock:
            return self._others.setdefault(user, Ratings(self._data, user, self._store))

    def labels(self, paper_ids: Iterable[str]) -> dict[str, Label]:
        """`like` or `dislike` by paper; papers without a rating are left out."""
        with self._lock:
            self._refresh()
            newest = {paper_id: self._newest(paper_id) for paper_id in paper_ids}
        return {paper_id: rating.label for paper_id, rating in newest.items() if rating and rating.label != "clear"}

    def current(self) -> dict[str, Rating]:
        """The standing likes and dislikes by paper, the newest first."""
        with self._lock:
            self._refresh()
            newest = filter(None, map(self._newest, {**self._stored, **self._published}))
        ratings = sorted(newest, key=lambda rating: rating.occurred_at, reverse=True)
        return {rating.paper_id: rating for rating in ratings if rating.label != "clear"}

    def add_published(self, event: FeedbackLabel) -> None:
        """Show a rating from now on, before it is stored."""
        with self._lock:
            self._published.update({rating.paper_id: rating for rating in ratings_of(event)})

    def _newest(self, paper_id: str) -> Rating | None:
        candidates = (self._stored.get(paper_id), self._published.get(paper_id))
        return max(filter(None, candidates), key=lambda rating: rating.occurred_at, default=None)

    def _refresh(self) -> None:
        stamp = self._store.fingerprint()
        if stamp == self._stamp:
            return
        stored = self._store.all(self._user)
        arrived = {(rating.event_id, rating.paper_id) for rating in stored}
        self._stored = {rating.paper_id: rating for rating in stored}
        self._published = {
            paper_id: rating
            for paper_id, rating in self._published.items()
            if (rating.event_id, paper_id) not in arrived
        }
        self._stamp = stamp
