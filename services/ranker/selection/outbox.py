"""Selections whose picks may not be published yet.

An entry is kept on disk before a selection is written, and taken away when its picks are in the stream; so a crash
anywhere between publishes the same events again. What is published is read back from the selection file, always.
"""

import asyncio
import logging
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from services.ranker.file_names import user_folder
from shared.contracts import DEFAULT_USER, Event, PapersSelected, Pick
from shared.store.files.data_folder import DataFolder
from shared.store.selections import Candidate, SelectionStore

if TYPE_CHECKING:  # what services need for it takes commands half a second
    from shared.bus.bus import Bus

log = logging.getLogger(__name__)


class OutboxEntry(BaseModel):
    """A selection of a user whose picks are to be published."""

    model_config = ConfigDict(frozen=True)

    day: date
    run_id: str
    user: str = DEFAULT_USER


class Outbox:
    """The entries not delivered yet."""

    def __init__(self, data: DataFolder, selections: SelectionStore) -> None:
        self._data, self._selections = data, selections
        self._folder = data.path("state", "ranker", "outbox")

    def write(self, day: date, run_id: str, candidates: list[Candidate]) -> None:
        """Store a selection of one user, after an entry for its picks."""
        entry = OutboxEntry(day=day, run_id=run_id, user=candidates[0].user)
        self._data.write_text(self._path(entry), entry.model_dump_json() + "\n")
        self._selections.of(entry.user).write(day, run_id, candidates)

    async def deliver(self, bus: "Bus") -> int:
        """Publish the picks of all entries; returns how many events. Raises TemporaryFailure while the bus is away."""
        published = 0
        for entry in await asyncio.to_thread(self._entries):
            candidates = await asyncio.to_thread(self._selections.of(entry.user).picked, entry.day, entry.run_id)
            for event in events_of(candidates):
                await bus.publish(event)
                published += 1
            await asyncio.to_thread(self._path(entry).unlink, missing_ok=True)
        return published

    def _entries(self) -> list[OutboxEntry]:
        return [entry for path in sorted(self._folder.glob("*.json")) if (entry := _read(path)) is not None]

    def _path(self, entry: OutboxEntry) -> Path:
        of_user = "" if entry.user == DEFAULT_USER else f" {user_folder(entry.user)}"
        return self._folder / f"{entry.day.isoformat()} {entry.run_id}{of_user}.json"


def events_of(candidates: Iterable[Candidate]) -> list[PapersSelected]:
    """One event a pick, best first; the same selection gives the same events, ids included."""
    return [
        PapersSelected.after(_cause(pick), paper_ids=(pick.paper_id,), picks=(pick_of(pick),), day=pick.day)
        for pick in candidates
        if pick.outcome == "picked"
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


def _cause(pick: Candidate) -> Event:
    """A selection is its own cause: whichever event or timer set it off, its picks have the same ids."""
    of_user = "" if pick.user == DEFAULT_USER else f" {pick.user}"
    return Event(
        event_id=f"selection {pick.day.isoformat()} {pick.run_id}{of_user}", run_id=pick.run_id, user=pick.user
    )


def _read(path: Path) -> OutboxEntry | None:
    try:
        return OutboxEntry.model_validate_json(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        text = "%s cannot be read and is passed over: %s"
        log.error(text, path, error, extra={"action": "outbox_unreadable"})
        return None
