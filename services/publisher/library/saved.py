"""What one person saved for later, skipped, opened and put on the reading list."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.contracts import ListedPaper
from shared.paper_ids import is_local
from shared.store.files.data_folder import DataFolder
from shared.store.people.signals import Signal, SignalStore, standing
from shared.store.research.reading_list import ReadingListStore


@dataclass(frozen=True)
class Marks:
    """What a card shows besides a rating: `is_opened` is the read mark."""

    is_saved: bool = False
    is_skipped: bool = False
    is_opened: bool = False
    is_listed: bool = False


@dataclass(frozen=True)
class _Kept:
    """A user's signals, as they were when the store had this fingerprint."""

    fingerprint: str
    signals: list[Signal]
    saved: dict[str, Signal]
    skipped: dict[str, Signal]
    opened: dict[str, Signal]


class Library:
    """One user's signals by paper; what was read of the files is shared by all users' libraries."""

    def __init__(self, store: SignalStore, user: str, lists: ReadingListStore | None = None) -> None:
        self.user = user
        self._store = store
        self._lists = lists
        self._turn = threading.Lock()
        self._kept: _Kept | None = None
        self._others: dict[str, Library] = {}

    @classmethod
    def open(cls, data: DataFolder, user: str) -> "Library":
        return cls(SignalStore(data), user, ReadingListStore(data))

    def of(self, user: str) -> "Library":
        """The library of another user; the same object each time."""
        if user == self.user:
            return self
        with self._turn:
            return self._others.setdefault(user, Library(self._store, user, self._lists))

    def saved(self) -> dict[str, datetime]:
        """When each saved paper was saved, the newest first."""
        return _dates(self._read().saved)

    def skipped(self) -> dict[str, datetime]:
        """When each skipped paper was skipped, the newest first."""
        return _dates(self._read().skipped)

    def opened(self) -> dict[str, datetime]:
        """When each paper with a read mark was last opened, the newest first."""
        return _dates(self._read().opened)

    def signals(self) -> list[Signal]:
        """Every signal, oldest first."""
        return self._read().signals

    def reading_list(self) -> list[ListedPaper]:
        """The papers of the reading list, in the order in which they were added."""
        return self._lists.of_user(self.user) if self._lists is not None else []

    def is_listed(self, paper_id: str) -> bool:
        return self._lists is not None and self._lists.get(self.user, paper_id) is not None

    def own_file(self, paper_id: str) -> ListedPaper | None:
        """A file of this person's own, on the list; nobody else sees it."""
        if self._lists is None or not is_local(paper_id):
            return None
        return self._lists.get(self.user, paper_id)

    def marks(self, paper_ids: Iterable[str]) -> dict[str, Marks]:
        """The marks of each of these papers."""
        kept = self._read()
        return {
            paper_id: Marks(
                paper_id in kept.saved, paper_id in kept.skipped, paper_id in kept.opened, self.is_listed(paper_id)
            )
            for paper_id in paper_ids
        }

    def _read(self) -> _Kept:
        fingerprint = self._store.fingerprint(self.user)
        kept = self._kept
        if kept is None or kept.fingerprint != fingerprint:
            signals = self._store.all(self.user)
            states = (standing(signals, kind) for kind in ("save", "skip", "open"))
            kept = self._kept = _Kept(fingerprint, signals, *states)
        return kept


def _dates(signals: dict[str, Signal]) -> dict[str, datetime]:
    return {paper_id: signals[paper_id].occurred_at for paper_id in reversed(signals)}
