"""Harvest runs: `state/fetcher/runs/<run_id>.json`, what each did and why, in words. Written by the fetcher."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.store.files import DataFolder


class HarvestRun(BaseModel):
    """One harvest. `day` is the newest announcement date among its papers, whatever the machine's clock says.

    `cross_listed` of the new papers have their primary category elsewhere. `failed_sets` says of categories (or papers)
    that could not be harvested why; `unreadable` are papers whose records cannot be read.
    `announced` counts the events of the run that are published: the record is the outbox of a harvest.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    run_id: str
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    state: Literal["running", "done", "failed"] = "running"
    day: date | None = None
    from_date: date | None = None
    until_date: date | None = None
    categories: tuple[str, ...] = ()
    new_ids: tuple[str, ...] = ()
    revised_ids: tuple[str, ...] = ()
    known: int = 0
    cross_listed: int = 0
    filtered: int = 0
    announced: int = 0
    failed_sets: dict[str, str] = {}
    unreadable: tuple[str, ...] = ()
    verdict: str = ""
    problem: str = ""

    @property
    def size(self) -> int:
        """How many papers its events carry."""
        return len(self.new_ids) + len(self.revised_ids)


class RunStore:
    """All harvest runs; their ids sort by time."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def put(self, run: HarvestRun) -> None:
        with self._data.lock("runs"):
            self._write(run)

    def change(self, run: HarvestRun, **changes: object) -> HarvestRun:
        """Change some facts of a run and keep what others changed in the meantime."""
        with self._data.lock("runs"):
            changed = (self.get(run.run_id) or run).model_copy(update=changes)
            self._write(changed)
        return changed

    def get(self, run_id: str) -> HarvestRun | None:
        path = self._path(run_id)
        return HarvestRun.model_validate_json(path.read_text("utf-8")) if path.exists() else None

    def ids(self) -> list[str]:
        """The ids of all runs, oldest first; opens no file."""
        return sorted(path.stem for path in self._data.path("state", "fetcher", "runs").glob("*.json"))

    def all(self) -> list[HarvestRun]:
        """Every run, oldest first."""
        return list(self.newest_first())[::-1]

    def newest_first(self) -> Iterator[HarvestRun]:
        """Every run, each read when it is asked for."""
        for run_id in reversed(self.ids()):
            yield HarvestRun.model_validate_json(self._path(run_id).read_text("utf-8"))

    def latest(self) -> HarvestRun | None:
        """The newest run; None before the first."""
        return next(self.newest_first(), None)

    def _path(self, run_id: str) -> Path:
        return self._data.path("state", "fetcher", "runs", f"{run_id}.json")

    def _write(self, run: HarvestRun) -> None:
        self._data.write_text(self._path(run.run_id), run.model_dump_json(indent=1) + "\n")
