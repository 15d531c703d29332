"""When the sweep runs: once a night, and soon after a start that missed one; never twice for the same decisions."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

from services.summarizer.tags.sweep import Sweeper
from services.summarizer.vectors import Encoder, Matrix
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_TICK_SECONDS = 60.0
_ENCODING_SECONDS = 600.0


class SweepSchedule:
    """Looks at the clock each minute, so that a machine that slept misses nothing. `clock` is local and aware."""

    def __init__(
        self,
        sweeper: Sweeper,
        encoder: Encoder,
        data: DataFolder,
        at: time | None,
        apply_sure: bool,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._sweeper, self._encoder = sweeper, encoder
        self._at, self._apply_sure, self._clock = at, apply_sure, clock
        self._data = data

    async def run(self) -> None:
        """Sweep until cancelled; a sweep that fails is tried again with the next tick that is due."""
        while self._at is not None:
            if is_due(self._at, self.last_done(), self._clock()):
                await self.sweep()
            await asyncio.sleep(_TICK_SECONDS)
        await asyncio.Event().wait()

    async def sweep(self) -> None:
        """One sweep now, noted as done; what fails is logged."""
        loop = asyncio.get_running_loop()

        def encode(texts: Sequence[str]) -> Matrix:
            rows = asyncio.run_coroutine_threadsafe(self._encoder.encode(texts), loop).result(_ENCODING_SECONDS)
            if rows is None:
                raise TemporaryFailure("The embedder does not answer, so tags were not compared.")
            return rows

        began = self._clock()
        try:
            swept = await asyncio.to_thread(self._sweeper.sweep, encode, apply_sure=self._apply_sure)
            await asyncio.to_thread(self._data.write_text, self._note, began.isoformat())
        except PapersysError as error:
            log.warning("Tags were not swept: %s", error, extra={"action": "tag_sweep_failed"})
            return
        text = "Swept the tags: %d proposals, %d carried out."
        log.info(text, len(swept.proposals), swept.applied, extra={"action": "tags_swept"})

    def last_done(self) -> datetime | None:
        """When the last sweep began; None where there was none, or the note cannot be read."""
        try:
            noted = datetime.fromisoformat(self._note.read_text("utf-8").strip())
        except (OSError, ValueError):
            return None
        return noted if noted.tzinfo else None

    @property
    def _note(self) -> Path:
        return self._data.path("state", "tag-sweep.txt")


def is_due(at: time, last_done: datetime | None, now: datetime) -> bool:
    """Whether a time of day came between the last sweep and now; `now` is in the zone of `at`."""
    latest = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if latest > now:
        latest -= timedelta(days=1)
    return last_done is None or last_done < latest
