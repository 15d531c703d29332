"""The user's ratings: those in the store, and those just published that the store does not have yet."""

import threading
from collections.abc import Iterable

from services.publisher.library.saved import Library
from shared.contracts import FeedbackLabel, Label
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import Rating, RatingStore, ratings_of


class Ratings:
    """One user's ratings, and the library beside them. The newest rating of a paper counts, stored or not."""

    def __init__(
        self, data: DataFolder, user: str, library: Library | None = None, store: RatingStore | None = None
    ) -> None:
        self.library = library or Library.open(data, user)
        self._data = data
        self._store = store or RatingStore(data)
        self._user = user
        self._lock = threading.Lock()
        self._stamp: str | None = None
        self._stored: list[Rating] = []
        self._published: dict[tuple[str, str], Rating] = {}
        self._newest: dict[str, Rating] = {}
        self._others: dict[str, Ratings] = {}

    def of(self, user: str) -> "Ratings":
        """The ratings of another user; the same object each time."""
        with self._lock:
            if user not in self._others:
                self._others[user] = Ratings(self._data, user, self.library.of(user), self._store)
            return self._others[user]

    def labels(self, paper_ids: Iterable[str]) -> dict[str, Label]:
        """`like` or `dislike` by paper; papers without a rating are left out."""
        with self._lock:
            self._refresh()
            newest = {paper_id: self._newest.get(paper_id) for paper_id in paper_ids}
        return {paper_id: rating.label for paper_id, rating in newest.items() if rating and rating.label != "clear"}

    def all(self) -> list[Rating]:
        """Every rating that was ever given, removed ones and removals too, oldest first."""
        with self._lock:
            self._refresh()
            return sorted([*self._stored, *self._published.values()], key=lambda rating: rating.occurred_at)

    def history(self, paper_id: str) -> list[Rating]:
        """Every rating of one paper, oldest first."""
        with self._lock:
            self._refresh()
            own = [rating for rating in (*self._stored, *self._published.values()) if rating.paper_id == paper_id]
        return sorted(own, key=lambda rating: rating.occurred_at)

    def current(self) -> dict[str, Rating]:
        """The standing likes and dislikes by paper, the newest first."""
        with self._lock:
            self._refresh()
            ratings = sorted(self._newest.values(), key=lambda rating: rating.occurred_at, reverse=True)
        return {rating.paper_id: rating for rating in ratings if rating.label != "clear"}

    def add_published(self, event: FeedbackLabel) -> None:
        """Show a rating from now on, before it is stored."""
        with self._lock:
            for rating in ratings_of(event):
                self._published[rating.event_id, rating.paper_id] = rating
                self._take(rating)

    def _take(self, rating: Rating) -> None:
        known = self._newest.get(rating.paper_id)
        if known is None or known.occurred_at <= rating.occurred_at:
            self._newest[rating.paper_id] = rating

    def _refresh(self) -> None:
        stamp = self._store.fingerprint()
        if stamp == self._stamp:
            return
        self._stored = self._store.all(self._user)
        arrived = {(rating.event_id, rating.paper_id) for rating in self._stored}
        self._published = {key: rating for key, rating in self._published.items() if key not in arrived}
        self._newest = {}
        for rating in (*self._stored, *self._published.values()):
            self._take(rating)
        self._stamp = stamp
