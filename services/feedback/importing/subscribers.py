"""What the feedback service answers about imports."""

import asyncio
import logging

from services.feedback.importing.importer import events_of
from services.feedback.importing.uploads import UploadedImports
from services.feedback.lookups import Lookups
from shared.bus.bus import Bus
from shared.contracts import ImportRatings, ImportRatingsReply
from shared.errors import PapersysError, TemporaryFailure
from shared.store.people.preferences import Rating

log = logging.getLogger(__name__)

_AT_ONCE = 50


def register_imports(bus: Bus, imports: UploadedImports, lookups: Lookups) -> None:
    """An upload is read; what is confirmed is stored, and then told to whoever waits for ratings."""
    telling: set[asyncio.Task[None]] = set()

    async def on_import_ratings(request: ImportRatings) -> ImportRatingsReply:
        try:
            plan = await asyncio.to_thread(imports.run, request)
        except TemporaryFailure:
            raise
        except PapersysError as error:
            return ImportRatingsReply(problem=str(error))
        if request.is_confirmed:
            log.info("Imported %d ratings.", len(plan.ratings), extra={"action": "ratings_imported"})
            lookups.notice()
            task = asyncio.create_task(_tell(bus, plan.ratings))
            telling.add(task)
            task.add_done_callback(telling.discard)
        return ImportRatingsReply(report=plan.report)

    bus.answer(ImportRatings, on_import_ratings)


async def _tell(bus: Bus, ratings: list[Rating]) -> None:
    """Publish ratings that are stored; where that fails, who learns from them finds them by himself."""
    events = events_of(ratings)
    try:
        for start in range(0, len(events), _AT_ONCE):
            await asyncio.gather(*map(bus.publish, events[start : start + _AT_ONCE]))
    except TemporaryFailure as error:
        log.warning("Imported ratings were not published: %s", error, extra={"action": "import_not_published"})
