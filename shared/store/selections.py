"""Selections: `selections/<date>/<run>.parquet`, every candidate with its score, fate and reasons. By the ranker."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts import DEFAULT_USER
from shared.store.files import DataFolder

SCHEMA = pa.schema(
    [
        ("paper_id", pa.string()),
        ("user", pa.string()),
        ("day", pa.date32()),
        ("run_id", pa.string()),
        ("score", pa.float64()),
        ("rank", pa.int32()),
        ("fate", pa.string()),
        ("slot", pa.string()),
        ("reasons", pa.list_(pa.string())),
        ("regime", pa.string()),
        ("model", pa.string()),
        ("made_at", pa.timestamp("us", tz="UTC")),
        ("probability", pa.float64()),
        ("propensity", pa.float64()),
    ]
)


class Candidate(BaseModel):
    """One paper in one selection. `fate` is `picked` or why it was not; `rank` 1 is best; `score` None: not scored.

    `probability` is the chance that the user likes it, None where that cannot be said yet; `propensity` the chance it
    had of being picked in this selection, None in records made before these were kept.
    """

    model_config = ConfigDict(frozen=True)

    paper_id: str
    user: str = DEFAULT_USER
    day: date
    run_id: str
    score: float | None = None
    rank: int | None = None
    fate: str
    slot: str = ""
    reasons: tuple[str, ...] = ()
    regime: str = ""
    model: str = ""
    made_at: AwareDatetime
    probability: float | None = None
    propensity: float | None = None


class SelectionStore:
    """All selections; a run's file is written once and whole."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._cache: dict[Path, tuple[int, list[Candidate]]] = {}

    def write(self, day: date, run_id: str, candidates: list[Candidate]) -> None:
        """Store a selection, by rank, in place of an earlier one of the same day and run."""
        ordered = sorted(candidates, key=lambda one: (one.rank is None, one.rank or 0, one.paper_id))
        rows = [{**one.model_dump(), "reasons": list(one.reasons)} for one in ordered]
        path = self._data.path("selections", day.isoformat(), f"{run_id}.parquet")
        with self._data.lock("selections"), self._data.replacing(path) as draft:
            pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), draft)

    def days(self) -> list[date]:
        """Days that have a selection, newest first."""
        folders = self._data.path("selections").glob("????-??-??")
        return sorted(
            (date.fromisoformat(folder.name) for folder in folders if any(folder.glob("*.parquet"))), reverse=True
        )

    def runs(self, day: date) -> list[str]:
        return sorted(path.stem for path in self._data.path("selections", day.isoformat()).glob("*.parquet"))

    def read(self, day: date, run_id: str) -> list[Candidate]:
        """A selection's candidates by rank; empty where there is none."""
        return self._read(self._data.path("selections", day.isoformat(), f"{run_id}.parquet"))

    def day(self, day: date) -> list[Candidate]:
        """The candidates of every selection of a day."""
        return [candidate for run_id in self.runs(day) for candidate in self.read(day, run_id)]

    def fates(self, paper_id: str) -> list[Candidate]:
        """What became of a paper in each selection it was in, newest first."""
        return [one for day in self.days() for one in self.day(day) if one.paper_id == paper_id]

    def selected_ids(self, user: str = DEFAULT_USER) -> set[str]:
        """Every paper that was a candidate of this user, picked or not."""
        return {one.paper_id for day in self.days() for one in self.day(day) if one.user == user}

    def _read(self, path: Path) -> list[Candidate]:
        try:
            stamp = path.stat().st_mtime_ns
        except FileNotFoundError:
            return []
        cached = self._cache.get(path)
        if cached is None or cached[0] != stamp:
            cached = self._cache[path] = (stamp, [_candidate(row) for row in pq.read_table(path).to_pylist()])
        return cached[1]


def _candidate(row: dict[str, Any]) -> Candidate:
    made_at: datetime = row["made_at"]
    return Candidate.model_validate({**row, "reasons": tuple(row["reasons"] or ()), "made_at": made_at})
