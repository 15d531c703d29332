"""What one person saved for later, skipped and opened."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.store.files.data_folder import DataFolder
from shared.store.people.signals import Signal, SignalStore, standing


@dataclass(frozen=True)
class Marks:
    """What a card shows besides a rating: `is_opened` is the read mark."""

    is_saved: bool = False
    is_skipped: bool = False
    is_opened: bool = False


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

    def __init__(self, store: SignalStore, user: str) -> None:
        self.user = user
        self._store = store
        self._turn = threading.Lock()
        self._kept: _Kept | None = None
        self._others: dict[str, Library] = {}

    @classmethod
    def open(cls, data: DataFolder, user: str) -> "Library":
        return cls(SignalStore(data), user)

    def of(self, user: str) -> "Library":
        """The library of another user; the same object each time."""
        if user == self.user:
            return self
        with self._turn:
            return self._others.setdefault(user, Library(self._store, user))

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

    def marks(self, paper_ids: Iterable[str]) -> dict[str, Marks]:
        """The marks of each of these papers."""
        kept = self._read()
        return {
            paper_id: Marks(paper_id in kept.saved, paper_id in kept.skipped, paper_id in kept.opened)
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
