"""Harvest runs: `state/fetcher/runs/<run_id>.json`, what each did and why, in words. Written by the fetcher."""

import contextlib
import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, computed_field

from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)


class HarvestRun(BaseModel):
    """One harvest. `day` is the newest announcement date among its papers, whatever the machine's clock says.

    `cross_listed` of the new papers have their primary category elsewhere. `failed_sets` says of categories (or papers)
    that could not be harvested why; `unreadable` are papers whose records cannot be read.
    `announced` counts the events of the run that are published: the record is the outbox of a harvest.
    `days` says how many of `new_ids` were announced on each day, in their order; ids behind them are of a day that is
    not known, as are all in records made before days were kept. The first `past_new` and `past_revised` were of days
    gone by when they were harvested: a backfill, whose papers are known from then on and candidates of no day.
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
    days: dict[date, int] = {}
    past_new: int = 0
    past_revised: int = 0
    failed_sets: dict[str, str] = {}
    unreadable: tuple[str, ...] = ()
    outcome: str = Field("", validation_alias=AliasChoices("outcome", "verdict"))
    problem: str = ""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict(self) -> str:
        """The outcome under its name of old, for programs that read it."""
        return self.outcome

    @property
    def size(self) -> int:
        """How many papers its events carry."""
        return len(self.new_ids) + len(self.revised_ids)

    @property
    def candidates(self) -> int:
        """How many of them compete in a selection."""
        return self.size - self.past_new - self.past_revised

    def announced_on(self, day: date) -> tuple[str, ...]:
        """The new papers that arXiv announced on a day."""
        if not self.days:
            return self.new_ids if self.day == day else ()
        start = sum(count for other, count in self.days.items() if other < day)
        return self.new_ids[start : start + self.days.get(day, 0)]


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
        """A run's record; None where there is none that can be read, which the log then says."""
        path = self._path(run_id)
        try:
            return HarvestRun.model_validate_json(path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            text = "%s cannot be read and is left out: %s; mend it or move it away."
            log.error(text, path, " ".join(str(error).split())[:200], extra={"action": "run_unreadable"})
            return None

    def ids(self) -> list[str]:
        """The ids of all runs, oldest first; opens no file."""
        return sorted(path.stem for path in self._data.path("state", "fetcher", "runs").glob("*.json"))

    def all(self) -> list[HarvestRun]:
        """Every run, oldest first."""
        return list(self.newest_first())[::-1]

    def newest_first(self) -> Iterator[HarvestRun]:
        """Every run that can be read, each when it is asked for."""
        for run_id in reversed(self.ids()):
            run = self.get(run_id)
            if run is not None:
                yield run

    def with_paper(self, paper_id: str) -> list[HarvestRun]:
        """The runs that brought a paper, oldest first; records that do not name it are not parsed."""
        name = f'"{paper_id}"'.encode()
        named = [run for run_id in self.ids() if name in self._content(run_id) and (run := self.get(run_id))]
        return [run for run in named if paper_id in (*run.new_ids, *run.revised_ids)]

    def latest(self) -> HarvestRun | None:
        """The newest run; None before the first."""
        return next(self.newest_first(), None)

    def _path(self, run_id: str) -> Path:
        return self._data.path("state", "fetcher", "runs", f"{run_id}.json")

    def _content(self, run_id: str) -> bytes:
        with contextlib.suppress(OSError):
            return self._path(run_id).read_bytes()
        return b""

    def _write(self, run: HarvestRun) -> None:
        self._data.write_text(self._path(run.run_id), run.model_dump_json(indent=1) + "\n")
