"""Which papers of which run have a vector: `state/ranker/arrivals/<run>.json`, written whole at every change.

Papers that came without a run (typed by hand, not forced) are kept under a name of their own and wait for a selection.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.ranker.file_names import file_name
from shared.contracts import DEFAULT_USER, EmbeddingsReady
from shared.store.files import DataFolder

log = logging.getLogger(__name__)

LOOSE = ""

Step = Literal["select", "wait", "leave"]


class Arrivals(BaseModel):
    """What has arrived of one run. `run_size` counts the papers of all its events; None until the last one came.

    `revised` are those that arrived as new versions. `closed`: the run had its turn; what is left over or comes
    late competes in the next selection.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    user: str = DEFAULT_USER
    day: date | None = None
    first_at: AwareDatetime
    run_size: int | None = None
    arrived: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    closed: bool = False

    @property
    def key(self) -> str:
        """What its file is called."""
        name = self.run_id or "without run"
        return file_name(name if self.user == DEFAULT_USER else f"{name} of {self.user}")

    @property
    def is_complete(self) -> bool:
        return self.run_size is not None and len(self.arrived) + len(self.failed) >= self.run_size

    def with_event(self, event: EmbeddingsReady) -> Self:
        """The same with what an event says; the same event again changes nothing."""
        arrived = {*self.arrived, *event.paper_ids}
        days = [day for day in (self.day, event.day) if day is not None]
        return self.model_copy(
            update={
                "arrived": tuple(sorted(arrived)),
                "revised": tuple(sorted({*self.revised, *(event.paper_ids if event.reason == "revised" else ())})),
                "failed": tuple(sorted({*self.failed, *event.failed} - arrived)),
                "run_size": event.run_size if event.run_size is not None else self.run_size,
                "day": max(days) if days else None,
            }
        )


def decide(run: Arrivals, *, now: datetime, deadline_seconds: float, day_selected: bool, ready: bool) -> Step:
    """What to do about a run: select now, wait, or leave its papers to the next selection.

    `day_selected`: this user has a selection of the run's day already. `ready`: all that a good selection needs
    is there (the seeds are encoded); the deadline goes before it.
    """
    if run.closed or run.run_id == LOOSE or day_selected:
        return "leave"
    if (now - run.first_at).total_seconds() >= deadline_seconds:
        return "select"
    return "select" if run.is_complete and ready else "wait"


class ArrivalBook:
    """All runs of which something arrived. One process writes it; it is kept in memory and on disk."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._folder = data.path("state", "ranker", "arrivals")
        self._runs: dict[str, Arrivals] = {}

    def load(self) -> None:
        """Read what was noted before. A file that cannot be read is set aside, which the log says."""
        found = [self._read(path) for path in sorted(self._folder.glob("*.json"))]
        self._runs = {run.key: run for run in found if run is not None}

    def note(self, event: EmbeddingsReady, now: datetime) -> Arrivals:
        """Keep what an event says, durably."""
        fresh = Arrivals(run_id=event.run_id or LOOSE, user=event.user, first_at=now)
        known = self._runs.get(fresh.key, fresh)
        run = known.with_event(event)
        if run != known or fresh.key not in self._runs:
            self._keep(run)
        return run

    def close(self, run: Arrivals) -> None:
        """Mark that a run had its turn."""
        self._keep(self._runs.get(run.key, run).model_copy(update={"closed": True}))

    def runs(self) -> list[Arrivals]:
        """Every run, oldest first."""
        return sorted(self._runs.values(), key=lambda run: (run.first_at, run.run_id))

    def _read(self, path: Path) -> Arrivals | None:
        try:
            return Arrivals.model_validate_json(path.read_text("utf-8"))
        except ValueError as error:
            aside = path.rename(path.with_suffix(".unreadable"))
            text = "What arrived of a run could not be read (%s) and lies in %s now; its papers need another run."
            log.error(text, " ".join(str(error).split())[:200], aside, extra={"action": "arrivals_unreadable"})
            return None

    def _keep(self, run: Arrivals) -> None:
        self._data.write_text(self._folder / f"{run.key}.json", run.model_dump_json(indent=1) + "\n")
        self._runs[run.key] = run


def waiting_ids(runs: Iterable[Arrivals], run: Arrivals, selected: set[str]) -> list[str]:
    """The papers that compete in a run's selection: its own, and those of the same user's runs that had their turn or
    never get one, less all that competed before. Runs still on their way keep their papers for their own turn."""
    rivals = (other for other in runs if other.user == run.user)
    had_turn = (other for other in rivals if other.key == run.key or other.closed or other.run_id == LOOSE)
    return sorted({paper_id for other in had_turn for paper_id in other.arrived} - selected)
