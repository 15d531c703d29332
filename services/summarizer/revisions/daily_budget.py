"""How many documents the watch over revisions may ask for in a day; what was taken is on disk before it is used.

A process that is killed between the two has wasted a document, and never asks for more than it may.
"""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from shared.store.files.data_folder import DataFolder


class DailyBudget:
    """Counts by days of UTC. A count that cannot be read, or is of another day, counts as none."""

    def __init__(self, data: DataFolder, per_day: int, clock: Callable[[], datetime]) -> None:
        self._data, self._per_day, self._clock = data, per_day, clock

    def left(self) -> int:
        return max(0, self._per_day - self._taken())

    def take(self, documents: int) -> bool:
        """Whether so many may be asked for now; they are counted then. Raises TemporaryFailure on a full disk."""
        with self._data.lock("revisions"):
            if documents > self.left():
                return False
            if documents:
                count = {"day": self._today(), "documents": self._taken() + documents}
                self._data.write_text(self._path, json.dumps(count) + "\n")
            return True

    @property
    def _path(self) -> Path:
        return self._data.path("state", "revision-documents.json")

    def _today(self) -> str:
        return self._clock().date().isoformat()

    def _taken(self) -> int:
        try:
            count = json.loads(self._path.read_text("utf-8"))
            return int(count["documents"]) if count["day"] == self._today() else 0
        except (OSError, ValueError, KeyError, TypeError):
            return 0
