"""Up to which announcement day everything is harvested: from there the next daily harvest starts."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.settings import FetcherSettings
from shared.store.files.data_folder import DataFolder

EARLIEST_DATESTAMP = date(2005, 9, 16)
_FIRST_DAYS = 7


@dataclass(frozen=True)
class Progress:
    """`day` is the newest announcement of these categories that a whole open-ended harvest has seen."""

    categories: tuple[str, ...]
    day: date


class ProgressStore:
    """`state/fetcher/progress.json`."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("state", "fetcher", "progress.json")

    def get(self) -> Progress | None:
        try:
            content = json.loads(self._path.read_text("utf-8"))
            return Progress(tuple(content["categories"]), date.fromisoformat(content["day"]))
        except (FileNotFoundError, ValueError, KeyError):
            return None

    def advance(self, plan: HarvestPlan, newest: date | None) -> None:
        """Take note of a finished harvest. One of a closed span, or cut short, leaves gaps and does not count."""
        if newest is None or plan.until_date is not None or plan.limit is not None:
            return
        before = self.get()
        is_same = before is not None and before.categories == plan.categories
        if before is not None and is_same and plan.from_date > before.day:
            return
        day = max(newest, before.day) if before is not None and is_same else newest
        content = {"categories": list(plan.categories), "day": day.isoformat()}
        self._data.write_text(self._path, json.dumps(content) + "\n")


def daily_plan(settings: FetcherSettings, progress: Progress | None, today: date) -> HarvestPlan:
    """What the daily harvest asks for: from a few days before the last day seen, or from the start."""
    if progress is not None and progress.categories == settings.categories:
        from_date = progress.day - timedelta(days=settings.reach_back_days)
    else:
        from_date = settings.start or today - timedelta(days=_FIRST_DAYS)
    return HarvestPlan(max(from_date, EARLIEST_DATESTAMP), None, settings.categories)
