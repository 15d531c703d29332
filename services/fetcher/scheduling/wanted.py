"""Harvests that are owed when a fetcher starts: what was missed, asked for or interrupted."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.scheduling.schedule import is_due
from services.fetcher.settings import FetcherSettings
from shared.contracts import now as utc_now
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore


class AskedHarvests:
    """`state/fetcher/asked.txt`: there from the moment somebody asks for a harvest until one that began later is done.

    What it holds tells one question from the next, so that a harvest does not answer one asked while it ran.
    """

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("state", "fetcher", "asked.txt")

    def ask(self) -> None:
        """Raises TemporaryFailure when the disk is full."""
        self._data.write_text(self._path, f"{uuid4().hex}\n")

    def open_question(self) -> str:
        """What nobody has answered yet; empty where nothing is asked."""
        return self._path.read_text("utf-8") if self._path.exists() else ""

    def answer(self, question: str) -> None:
        if question and self.open_question() == question:
            self._data.remove(self._path)


def is_owed(
    data: DataFolder,
    settings: FetcherSettings,
    unfinished: Callable[[], list[HarvestPlan]],
    clock: Callable[[], datetime] = utc_now,
) -> bool:
    """Whether a harvest should begin as soon as the fetcher runs."""
    if AskedHarvests(data).open_question():
        return True
    if not settings.harvest_on_start:
        return False
    return bool(unfinished()) or is_due(settings, last_done(RunStore(data)), clock())


def last_done(runs: RunStore) -> datetime | None:
    """When the last harvest was done; one of days gone by is none that a day waits for."""
    return next((run.finished_at for run in runs.newest_first() if _is_daily(run)), None)


def _is_daily(run: HarvestRun) -> bool:
    return run.state == "done" and run.finished_at is not None and run.until_date is None
