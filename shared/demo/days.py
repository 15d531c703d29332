"""The days of the demo: `state/demo.json`, how far its announcements have come. Written by the demo arXiv.

Read by whoever shows the demo; a file that is not there, or not readable, means that all papers come at once.
"""

from datetime import date
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from shared.store.files.data_folder import DataFolder


class DemoDays(BaseModel):
    """The days on which the demo announces papers, in order, and the last one that has come."""

    model_config = ConfigDict(frozen=True)

    today: date
    days: tuple[date, ...]

    @model_validator(mode="after")
    def _today_is_one_of_them(self) -> Self:
        if self.today not in self.days:
            raise ValueError(f"{self.today} is none of the demo's days")
        return self

    @property
    def number(self) -> int:
        """How many days have come."""
        return self.days.index(self.today) + 1

    @property
    def next(self) -> date | None:
        """The day that comes next; None after the last."""
        return self.days[self.number] if self.number < len(self.days) else None


def demo_days_path(data: DataFolder) -> Path:
    return data.path("state", "demo.json")


def read_demo_days(path: Path) -> DemoDays | None:
    """What the file says; None where it says nothing usable."""
    try:
        return DemoDays.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
