"""Which papers of which run have a vector, and which of them wait for a selection; decides when to select.

Papers that came without a run (typed by hand, not forced) are kept under a name of their own and wait for a selection.
"""

import heapq
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.ranker.file_names import file_name
from shared.contracts import DEFAULT_USER, EmbeddingsReady
from shared.paper_ids import month_of

NO_RUN = ""
MOST_CANDIDATES = 15_000
"""So many papers compete in one selection at most, more than arXiv announces in two weeks."""

Decision = Literal["select", "wait", "leave"]


class ArrivalRecord(BaseModel):
    """What an event adds to a run. `left`: the run was selected from, and of its papers only these still wait."""

    model_config = ConfigDict(frozen=True)

    arrived: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    run_size: int | None = None
    day: date | None = None
    closed: bool = False
    left: tuple[str, ...] | None = None


@dataclass(eq=False)
class Arrivals:
    """What has arrived of one run. `run_size` counts the papers of all its events; None until the last one came.

    `revised` are those that arrived as new versions, `waiting` those that no selection has considered. `closed`: the
    run was selected from; what is left or comes late competes in the next selection.
    """

    run_id: str
    first_at: datetime
    user: str = DEFAULT_USER
    day: date | None = None
    run_size: int | None = None
    arrived: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    revised: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    closed: bool = False

    @property
    def key(self) -> str:
        """What its file is called."""
        name = self.run_id or "without run"
        return file_name(name if self.user == DEFAULT_USER else f"{name} of {self.user}")

    @property
    def is_complete(self) -> bool:
        return self.run_size is not None and len(self.arrived) + len(self.failed) >= self.run_size

    def record_of(self, event: EmbeddingsReady) -> ArrivalRecord | None:
        """What an event says that is new; None where nothing is."""
        revised = event.paper_ids if event.reason == "revised" else ()
        failed = set(event.failed).difference(self.failed, event.paper_ids, self.arrived)
        record = ArrivalRecord(
            arrived=tuple(name for name in event.paper_ids if name not in self.arrived),
            failed=tuple(name for name in event.failed if name in failed),
            revised=tuple(name for name in revised if name not in self.revised),
            run_size=event.run_size if event.run_size != self.run_size else None,
            day=event.day if event.day is not None and (self.day is None or event.day > self.day) else None,
        )
        return None if record == ArrivalRecord() else record

    def learn(self, record: ArrivalRecord) -> None:
        """Add a record; the same again changes nothing."""
        self.waiting.update(name for name in record.arrived if name not in self.arrived)
        self.arrived.update(record.arrived)
        self.failed = {*self.failed, *record.failed} - self.arrived
        self.revised.update(record.revised)
        self.run_size = self.run_size if record.run_size is None else record.run_size
        self.day = max(filter(None, (self.day, record.day)), default=None)
        self.closed = self.closed or record.closed
        self.waiting = self.waiting if record.left is None else set(record.left)


def decide(run: Arrivals, *, now: datetime, deadline_seconds: float, day_selected: bool, ready: bool) -> Decision:
    """What to do about a run: select now, wait, or leave its papers to the next selection.

    `day_selected`: this user has a selection of the run's day already. `ready`: all that a good selection needs
    is there (the seeds are encoded); the deadline overrides it.
    """
    if run.closed or run.run_id == NO_RUN or day_selected:
        return "leave"
    if (now - run.first_at).total_seconds() >= deadline_seconds:
        return "select"
    return "select" if run.is_complete and ready else "wait"


def competing_runs(runs: Iterable[Arrivals], run: Arrivals) -> list[Arrivals]:
    """The runs whose papers compete in a run's selection: it, and those of the same user that had their turn or never
    get one. Runs still on their way keep their papers for their own turn."""
    of_user = (other for other in runs if other.user == run.user)
    return [other for other in of_user if other is run or other.closed or other.run_id == NO_RUN]


def newest_of(paper_ids: Collection[str], always: set[str], most: int = MOST_CANDIDATES) -> list[str]:
    """The papers that compete where very many wait: the newest by their ids, and those that `always` do. Sorted."""
    newest = heapq.nlargest(most, paper_ids, key=lambda name: (name in always, month_of(name), name))
    return sorted(newest)
