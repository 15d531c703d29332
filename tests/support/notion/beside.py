"""papersys beside the Notion of the tests: settings, a data folder with papers, passes, and their database."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from services.publisher.outlets.notion.database import create_database
from services.publisher.outlets.notion.opening import open_sync
from services.publisher.outlets.notion.sync import Sync, SyncReport
from services.publisher.records.records import Records
from services.publisher.settings import Settings
from shared.contracts import Label, now
from shared.notion.connection import Notion
from shared.notion.row_files import NotionFiles
from shared.settings.sections.notion import NotionSettings
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.folders.seed import rating
from tests.support.notion.server import TOKEN, NotionServer


def notion_settings(server: NotionServer, **changes: Any) -> NotionSettings:
    """With the database that the server has, if it has one."""
    database = next(iter(server.workspace.databases), "")
    values = {
        "enabled": True,
        "token": SecretStr(TOKEN),
        "database": database,
        "base_url": server.url,
        "requests_per_second": 1_000,
        **changes,
    }
    return NotionSettings.model_validate(values)


class Desk:
    """A data folder, and the passes over it. `slept` are the waits that were asked for; nothing waits in fact."""

    def __init__(self, server: NotionServer, data: DataFolder, **changes: Any) -> None:
        self.server, self.data = server, data
        self.changes = changes
        self.slept: list[float] = []
        self.clock: Callable[[], datetime] = now

    @property
    def settings(self) -> NotionSettings:
        return notion_settings(self.server, **self.changes)

    @property
    def files(self) -> NotionFiles:
        (source,) = self.server.workspace.sources
        return NotionFiles(self.data, source)

    def sync(self) -> Sync:
        records = Records(self.data, "minilm")
        return open_sync(Settings(notion=self.settings), self.data, records, lambda: self.clock())

    def notion(self) -> Notion:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            await asyncio.sleep(0)

        return Notion(self.settings, sleep=sleep)

    async def make_database(self) -> None:
        async with self.notion() as notion:
            await create_database(notion, self.server.workspace.home)

    def rate(self, paper_id: str, label: Label, minutes: int = 0) -> None:
        """A rating given elsewhere, some minutes after noon of the seeded day."""
        RatingStore(self.data).append(ratings_of(rating(paper_id, label, minutes)))

    async def passed(self, *paper_ids: str) -> SyncReport:
        """What one pass did."""
        report = SyncReport()
        async with self.notion() as notion:
            await self.sync().run(notion, report, paper_ids)
        return report
