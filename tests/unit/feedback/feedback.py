"""The feedback service on a fake bus, with a clock and a sleep set by the test."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from services.feedback.importing.waiting import WaitingRatings
from services.feedback.lookups import Lookups
from services.feedback.subscribers import register, register_signals
from shared.contracts import FeedbackLabel
from shared.errors import RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore
from shared.store.people.signals import SignalStore
from tests.support.bus.in_memory import FakeBus
from tests.support.folders.seed import GRAPHS, TIDES

AWAY = RequestFailed("arXiv fails since 10:02", code="temporary", retryable=True, retry_in_seconds=900)
LIKE = FeedbackLabel(paper_ids=(GRAPHS, TIDES), label="like", source="reader")


class Feedback:
    def __init__(self, root: Path, *, keep_opened: bool = True) -> None:
        data = self.data = DataFolder(root, 0)
        self.waiting = WaitingRatings(data)
        self.bus, self.ratings, self.metadata = FakeBus(), RatingStore(data), MetadataStore(data)
        self.now = datetime(2026, 11, 21, tzinfo=UTC)
        self.slept: list[float] = []
        self.lookups = Lookups(self.bus, self.ratings, MetadataStore(data), lambda: self.now, self.sleep, self.waiting)
        self.signals = SignalStore(data)
        register(self.bus, self.ratings, self.lookups)
        register_signals(self.bus, self.signals, keep_opened=keep_opened)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)

    def labels(self) -> dict[str, str]:
        return {paper_id: rating.label for paper_id, rating in self.ratings.current().items()}
