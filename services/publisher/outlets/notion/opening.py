"""The Notion room put together, for the service and for commands."""

from collections.abc import Callable
from datetime import datetime

from services.publisher.outlets.notion.row_content import RowContents
from services.publisher.outlets.notion.sync import Sync
from services.publisher.outlets.notion.sync_loop import SyncLoop
from services.publisher.pages.templating import arxiv_address
from services.publisher.records.records import Records
from services.publisher.settings import Settings
from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore


def open_sync(settings: Settings, data: DataFolder, records: Records, clock: Callable[[], datetime] = now) -> Sync:
    """Rows of the user that the settings name."""
    mine = records.of(settings.notion.user)
    return Sync(settings.notion, data, RowContents(mine, arxiv_address(settings.demo)), RatingStore(data), clock)


def open_loop(settings: Settings, data: DataFolder, records: Records) -> SyncLoop | None:
    """None where the settings want no Notion."""
    if not settings.notion.enabled:
        return None
    mine, ratings = records.of(settings.notion.user), RatingStore(data)

    def fingerprint() -> str:
        days = mine.days()[:1]
        papers = f"{mine.summaries_stamp()} {mine.withdrawals_stamp()}"
        return f"{papers} {ratings.fingerprint()} {days} {[mine.runs_of(day) for day in days]}"

    return SyncLoop(settings.notion, data, open_sync(settings, data, records), fingerprint)
