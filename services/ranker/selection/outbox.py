"""Selections whose picks may not be published yet.

A promise is kept on disk before a selection is written, and taken away when its picks are in the stream; so a crash
anywhere between publishes the same events again. What is published is read back from the selection file, always.
"""

import asyncio
import logging
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts import Event, PapersSelected, Pick
from shared.store.files.data_folder import DataFolder
from shared.store.selections import Candidate, SelectionStore

if TYPE_CHECKING:  # what services need for it takes commands half a second
    from shared.bus.bus import Bus

log = logging.getLogger(__name__)


class Promise(BaseModel):
    """The picks of this selection are to be published."""

    model_config = ConfigDict(frozen=True)

    day: date
    run_id: str


class Outbox:
    """The promises that stand."""

    def __init__(self, data: DataFolder, selections: SelectionStore) -> None:
        self._data, self._selections = data, selections
        self._folder = data.path("state", "ranker", "outbox")

    def write(self, day: date, run_id: str, candidates: list[Candidate]) -> None:
        """Store a selection and promise its picks."""
        promise = Promise(day=day, run_id=run_id)
        self._data.write_text(self._path(promise), promise.model_dump_json() + "\n")
        self._selections.write(day, run_id, candidates)

    async def deliver(self, bus: "Bus") -> int:
        """Publish what is promised; returns how many events. Raises TemporaryFailure while the bus is away."""
        published = 0
        for promise in await asyncio.to_thread(self._promises):
            candidates = await asyncio.to_thread(self._selections.picked, promise.day, promise.run_id)
            for event in events_of(candidates):
                await bus.publish(event)
                published += 1
            await asyncio.to_thread(self._path(promise).unlink, missing_ok=True)
        return published

    def _promises(self) -> list[Promise]:
        return [promise for path in sorted(self._folder.glob("*.json")) if (promise := _read(path)) is not None]

    def _path(self, promise: Promise) -> Path:
        return self._folder / f"{promise.day.isoformat()} {promise.run_id}.json"


def events_of(candidates: Iterable[Candidate]) -> list[PapersSelected]:
    """One event a pick, best first; the same selection gives the same events, ids included."""
    return [
        PapersSelected.after(_cause(one), paper_ids=(one.paper_id,), picks=(pick_of(one),), day=one.day)
        for one in candidates
        if one.fate == "picked"
    ]


def pick_of(candidate: Candidate) -> Pick:
    """What the summarizer is told of a pick."""
    return Pick.model_validate(
        {
            "paper_id": candidate.paper_id,
            "score": candidate.score,
            "slot": candidate.slot,
            "reasons": candidate.reasons,
        }
    )


def _cause(one: Candidate) -> Event:
    """A selection is its own cause: whichever event or timer set it off, its picks have the same ids."""
    return Event(event_id=f"selection {one.day.isoformat()} {one.run_id}", run_id=one.run_id, user=one.user)


def _read(path: Path) -> Promise | None:
    try:
        return Promise.model_validate_json(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        text = "%s cannot be read and is passed over: %s"
        log.error(text, path, error, extra={"action": "outbox_unreadable"})
        return None
