"""The days that the demo announces one by one, and the file that keeps how far they have come."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shared.demo.days import DemoDays, read_demo_days


@dataclass(frozen=True)
class AnnouncementDays:
    """Some last days of a corpus, in order; without `path` the present day is forgotten at the end."""

    days: tuple[date, ...] = ()
    path: Path | None = None

    @classmethod
    def last_of(cls, days: Sequence[str], number: int, path: Path | None = None) -> "AnnouncementDays":
        """The last `number` of a corpus's days of announcement."""
        return cls(tuple(map(date.fromisoformat, sorted(days)[-number:])) if number else (), path)

    def first(self) -> date | None:
        """Where to begin: where the file says that it stopped, else at the first day; None without days."""
        kept = read_demo_days(self.path) if self.path else None
        if kept is not None and kept.today in self.days:
            return kept.today
        return self.days[0] if self.days else None

    def after(self, today: date) -> date | None:
        """The day that comes next; None after the last."""
        return next((day for day in self.days if day > today), None)

    def note(self, today: date) -> DemoDays | None:
        """Keep how far the days have come; None where they do not come one by one, or this is none of them."""
        if today not in self.days:
            return None
        state = DemoDays(today=today, days=self.days)
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")
            draft.write_text(state.model_dump_json() + "\n", "utf-8")
            draft.replace(self.path)
        return state
