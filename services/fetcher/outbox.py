"""The outbox of harvests: a finished run's record holds what has to be announced until all of it is published."""

import asyncio
from collections.abc import Iterator

from shared.bus import Bus
from shared.contracts import MAX_PAPERS_PER_EVENT, PapersNew
from shared.store.files import DataFolder
from shared.store.runs import HarvestRun, RunStore


class Outbox:
    """Publishes the events of finished runs, each run in order, from where it stopped."""

    def __init__(self, data: DataFolder, bus: Bus) -> None:
        self._runs = RunStore(data)
        self._bus = bus

    async def empty(self) -> int:
        """Publish what is unpublished; returns the number of events. Raises TemporaryFailure while NATS is away."""
        published = 0
        for run in await asyncio.to_thread(self._runs.all):
            if run.state == "done":
                published += await self._announce(run)
        return published

    async def _announce(self, run: HarvestRun) -> int:
        events = list(events_of(run))
        for number, event in enumerate(events[run.announced :], start=run.announced + 1):
            await self._bus.publish(event)
            await asyncio.to_thread(self._runs.put, run.model_copy(update={"announced": number}))
        return max(0, len(events) - run.announced)


def events_of(run: HarvestRun) -> Iterator[PapersNew]:
    """The events of a run, always the same: first the new papers, then the revised; the last one says so."""
    parts = [("new", ids) for ids in _chunks(run.new_ids)] + [("revised", ids) for ids in _chunks(run.revised_ids)]
    for index, (reason, paper_ids) in enumerate(parts):
        yield PapersNew.model_validate(
            {
                "event_id": f"{run.run_id}.{index}",
                "run_id": run.run_id,
                "occurred_at": run.finished_at or run.started_at,
                "paper_ids": paper_ids,
                "reason": reason,
                "day": run.day,
                "last": index == len(parts) - 1,
                "run_size": run.size,
            }
        )


def _chunks(ids: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(ids), MAX_PAPERS_PER_EVENT):
        yield ids[start : start + MAX_PAPERS_PER_EVENT]
