"""Likes and files of ratings that the Setup page was given: sent once papersys runs on the settings beside them."""

import asyncio
import logging

from services.publisher.api.event_sender import EventSender
from shared.contracts import MAX_PAPERS_PER_EVENT, FeedbackLabel, ImportRatings
from shared.errors import RequestFailed
from shared.settings.changes import PendingFile, PendingLikes, SettingsChanges
from shared.store.files.data_folder import DataFolder
from shared.store.people.rating_uploads import RatingUpload, RatingUploads

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
_WAIT_SECONDS = 5.0


class SetupLikes:
    """Sends what waits; killed in between, it sends the same events again, which are stored once."""

    def __init__(self, data: DataFolder, sender: EventSender) -> None:
        self._changes, self._sender = SettingsChanges(data), sender
        self._uploads = RatingUploads(data)

    async def run(self) -> None:
        while True:
            likes = await asyncio.to_thread(self._changes.likes)
            is_sent = likes is None or await self.send(likes)
            await asyncio.sleep(_LOOK_SECONDS if is_sent else _WAIT_SECONDS)

    async def send(self, likes: PendingLikes) -> bool:
        """Whether all were sent; they wait no longer then."""
        for event in events_of(likes):
            if await self._sender.send(event) is not None:
                return False
        for file in likes.files:
            if not await self._import(file, likes.user):
                return False
        self._changes.forget_likes()
        return True

    async def _import(self, file: PendingFile, user: str) -> bool:
        """Whether the feedback service has taken a file; what it makes of it stands on the page of the import."""
        await asyncio.to_thread(
            self._uploads.put, RatingUpload(name=file.name, text=file.text, user=user), file.upload_id
        )
        try:
            reply = await self._sender.bus.ask(ImportRatings(upload_id=file.upload_id, user=user, is_confirmed=True))
        except RequestFailed:
            return False
        if reply.problem:
            log.warning("A file of the setup was not imported: %s", reply.problem, extra={"action": "import_failed"})
        return True


def events_of(likes: PendingLikes) -> list[FeedbackLabel]:
    """The ratings, always the same for the same likes."""
    starts = range(0, len(likes.paper_ids), MAX_PAPERS_PER_EVENT)
    parts = (likes.paper_ids[start : start + MAX_PAPERS_PER_EVENT] for start in starts)
    return [
        FeedbackLabel(
            event_id=f"setup-{likes.batch_id}-{number}", paper_ids=ids, label="like", source="setup", user=likes.user
        )
        for number, ids in enumerate(parts)
    ]
