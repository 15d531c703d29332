"""The outbox of harvests: a finished run's record holds what has to be announced until all of it is published."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator

from shared.bus.bus import Bus
from shared.contracts import MAX_PAPERS_PER_EVENT, PapersNew
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore

# The record of a backfill has millions of ids: it is not written again for each of its thousands of events. Events
# published since the last note are published again after a kill, with the same ids, which NATS and the services know.
_NOTE_SECONDS = 5.0


class Outbox:
    """Publishes the events of finished runs, each run in order, from where it stopped."""

    def __init__(self, data: DataFolder, bus: Bus, clock: Callable[[], float] = time.monotonic) -> None:
        self._runs = RunStore(data)
        self._bus = bus
        self._clock = clock
        self._announced: set[str] = set()

    async def empty(self) -> int:
        """Publish what is unpublished; returns the number of events. Raises TemporaryFailure while NATS is away."""
        published = 0
        for run_id in await asyncio.to_thread(self._runs.ids):
            run = None if run_id in self._announced else await asyncio.to_thread(self._runs.get, run_id)
            if run is not None and run.state == "done":
                published += await self._announce(run)
                self._announced.add(run_id)
        return published

    async def _announce(self, run: HarvestRun) -> int:
        published, noted, noted_at = run.announced, run.announced, self._clock()
        try:
            for event in itertools.islice(events_of(run), run.announced, None):
                await self._bus.publish(event)
                published += 1
                if self._clock() - noted_at >= _NOTE_SECONDS:
                    await asyncio.to_thread(self._runs.change, run, announced=published)
                    noted, noted_at = published, self._clock()
        finally:
            if published > noted:
                await asyncio.to_thread(self._runs.change, run, announced=published)
        return published - run.announced


def events_of(run: HarvestRun) -> Iterator[PapersNew]:
    """The events of a run, always the same: first the new papers, then the revised; the last one says so.

    After these come papers of days gone by, as what they are: they hold up no candidate.
    """
    new, revised = run.new_ids, run.revised_ids
    parts = _parts(new[run.past_new :], revised[run.past_revised :])
    past = _parts(new[: run.past_new], revised[: run.past_revised])
    for index, (reason, paper_ids) in enumerate(parts + past):
        is_past = index >= len(parts)
        yield PapersNew.model_validate(
            {
                "event_id": f"{run.run_id}.{index}",
                "run_id": run.run_id,
                "occurred_at": run.finished_at or run.started_at,
                "paper_ids": paper_ids,
                "reason": reason,
                "day": run.day,
                "last": index == len(parts) - 1,
                "run_size": None if is_past else run.candidates,
                "backfill": is_past,
            }
        )


def _parts(new: tuple[str, ...], revised: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [("new", ids) for ids in _chunks(new)] + [("revised", ids) for ids in _chunks(revised)]


def _chunks(ids: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(ids), MAX_PAPERS_PER_EVENT):
        yield ids[start : start + MAX_PAPERS_PER_EVENT]
