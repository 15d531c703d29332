"""What harvests of another server found, until all of it is published: `state/fetcher/sources/<name>/outbox/`.

The papers come without a run: they compete in the next selection, beside those of the next day that arXiv announces.
"""

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.bus.bus import Bus
from shared.contracts import MAX_PAPERS_PER_EVENT, PapersNew
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)


class SourceOutbox:
    """One file a harvest; it goes when its last event is published."""

    def __init__(self, data: DataFolder, name: str) -> None:
        self._data = data
        self._folder = data.path("state", "fetcher", "sources", name, "outbox")

    def put(self, run_id: str, begun_at: datetime, found: Mapping[str, Any]) -> None:
        """Keep what a run found: `new_ids` and `revised_ids`, of each the first `past_...` of days gone by."""
        content = {name: found[name] for name in ("new_ids", "revised_ids", "past_new", "past_revised")}
        if content["new_ids"] or content["revised_ids"]:
            head = {"run_id": run_id, "occurred_at": begun_at.isoformat()}
            self._data.write_text(self._folder / f"{run_id}.json", json.dumps({**head, **content}, indent=1) + "\n")

    async def empty(self, bus: Bus) -> int:
        """Publish what is unpublished; returns the number of events. Raises TemporaryFailure while NATS is away.

        Killed in between, events are published again with the same ids, which NATS and the services know.
        """
        published = 0
        for path in sorted(self._folder.glob("*.json")):
            for event in await asyncio.to_thread(self._events, path):
                await bus.publish(event)
                published += 1
            await asyncio.to_thread(self._data.remove, path)
        return published

    def _events(self, path: Path) -> list[PapersNew]:
        """The events of a file; one that cannot be read is set aside and named, and holds up no other."""
        try:
            return list(events_of(json.loads(path.read_text("utf-8"))))
        except FileNotFoundError:
            return []  # another process has published it meanwhile
        except (OSError, ValueError, KeyError, TypeError) as error:
            text = "%s cannot be read (%s) and is set aside; `papersys embed` finds its papers."
            log.error(text, path, str(error).splitlines()[0], extra={"action": "outbox_unreadable"})
            path.replace(path.with_suffix(".unreadable"))
            return []


def events_of(found: Mapping[str, Any]) -> Iterator[PapersNew]:
    """The events of a run, always the same: new papers, revised ones, then those of days gone by, no candidates."""
    parts = (
        ("new", False, found["new_ids"][found["past_new"] :]),
        ("revised", False, found["revised_ids"][found["past_revised"] :]),
        ("new", True, found["new_ids"][: found["past_new"]]),
        ("revised", True, found["revised_ids"][: found["past_revised"]]),
    )
    number = 0
    for reason, is_past, paper_ids in parts:
        for start in range(0, len(paper_ids), MAX_PAPERS_PER_EVENT):
            yield PapersNew.model_validate(
                {
                    "event_id": f"{found['run_id']}.{number}",
                    "occurred_at": found["occurred_at"],
                    "paper_ids": paper_ids[start : start + MAX_PAPERS_PER_EVENT],
                    "reason": reason,
                    "backfill": is_past,
                }
            )
            number += 1
