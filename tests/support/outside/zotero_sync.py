"""A comparison with a Zotero library of this machine, from the seeded data folder."""

import asyncio
from datetime import datetime
from typing import Any

from services.publisher.outlets.zotero.connection import Zotero
from services.publisher.outlets.zotero.state import StateFile, ZoteroState
from services.publisher.outlets.zotero.sync import Mine, SyncReport, ZoteroSync
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.contracts import FeedbackLabel
from shared.store.files.data_folder import DataFolder
from shared.store.people.notes import NoteStore
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.folders.seed import NOON
from tests.support.outside.zotero_server import LIBRARY, ZoteroServer


class Syncing:
    """One library and one person; what is published is stored, as the feedback service does."""

    def __init__(self, data: DataFolder, server: ZoteroServer, **settings: Any) -> None:
        self.data, self.server = data, server
        self.moment: datetime = NOON
        self.settings = server.settings(**settings)
        self.ratings = RatingStore(data)
        self.published: list[FeedbackLabel] = []
        self.waits: list[float] = []

    def sync(self) -> ZoteroSync:
        """As after a start: nothing is remembered but files."""
        records = Records(self.data, "minilm").of(self.settings.user)
        mine = Mine(
            records, Ratings(self.data, self.settings.user), NoteStore(self.data), self.ratings, "https://arxiv.org"
        )
        return ZoteroSync("mine", self.settings, self.data, mine, self.publish, self.zotero, lambda: self.moment)

    def run(self) -> SyncReport:
        return asyncio.run(self.sync().run())

    def zotero(self) -> Zotero:
        """Its waits are noted, not waited for."""

        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)

        return Zotero("mine", self.settings, sleep=sleep)

    async def publish(self, event: FeedbackLabel) -> None:
        self.published.append(event)
        self.ratings.append(ratings_of(event))

    @property
    def state(self) -> ZoteroState:
        return StateFile(self.data, "mine", LIBRARY).read()

    def said(self) -> dict[str, tuple[str, float]]:
        """The person's standing ratings out of Zotero."""
        return {
            paper_id: (rating.label, rating.weight)
            for paper_id, rating in self.ratings.current(self.settings.user).items()
            if rating.source == "zotero"
        }
