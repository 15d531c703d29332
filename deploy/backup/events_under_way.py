"""The events that services had not finished when a backup was made: in it as a file, published again by the next start.

Without them a restored system would know its picks, and never read them.
"""

import asyncio

import nats.errors
import nats.js.errors

from deploy.launcher.output import Output
from shared.bus.connections import connected
from shared.bus.delivery.unfinished import first_unfinished, publish_unfinished, unfinished_lines
from shared.errors import PapersysError, TemporaryFailure, reason
from shared.settings.settings import BusSettings
from shared.store.files.data_folder import DataFolder, whole_lines

FILE = ("state", "unfinished.jsonl")
_NATS_ERRORS = (nats.errors.Error, nats.js.errors.Error, TimeoutError)


class EventsUnderWay:
    """Of a running system; where none runs, there is nothing to be known."""

    def __init__(self, bus: BusSettings) -> None:
        self._bus = bus
        self._first: dict[str, int] | None = None

    def begin(self) -> None:
        """Note where each service is, before the first file is taken."""
        try:
            self._first = asyncio.run(self._look())
        except (PapersysError, *_NATS_ERRORS):
            self._first = None

    def lines(self) -> str:
        """All that was unfinished then or was published since. Raises TemporaryFailure where NATS went away."""
        if self._first is None:
            return ""
        try:
            return asyncio.run(self._read(self._first))
        except (PapersysError, *_NATS_ERRORS) as error:
            text = f"NATS went away while the backup was made ({reason(error)}); it is tried again."
            raise TemporaryFailure(text) from error

    async def _look(self) -> dict[str, int]:
        async with connected(self._bus) as client:
            return await first_unfinished(client.jetstream())

    async def _read(self, first: dict[str, int]) -> str:
        async with connected(self._bus) as client:
            return await unfinished_lines(client.jetstream(), first)


async def publish_restored_events(bus: BusSettings, data: DataFolder, output: Output) -> None:
    """Publish what a restored folder brought along, once. A failure is said, and the next start tries again."""
    path = data.path(*FILE)
    if not path.exists():
        return
    try:
        async with connected(bus) as client:
            count = await publish_unfinished(client.jetstream(), whole_lines(path).split("\n"))
        path.unlink()
        output.say(f"{count} events of the backup go on where they were.", action="events_restored")
    except (PapersysError, OSError, *_NATS_ERRORS) as error:
        output.say(f"Events of the backup could not be published: {reason(error)}", "WARNING", action="events_restored")
