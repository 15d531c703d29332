"""Selections: `selections/<date>/<run>.parquet`, every candidate with its score, outcome and reasons. By the ranker.

Years of selections are looked through by a few columns; whole candidates are made of what is asked for only.
"""

import itertools
import logging
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, computed_field

from shared.contracts import DEFAULT_USER, CandidateOutcome, Match
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_cache import FileCache
from shared.store.old_reasons import in_new_words
from shared.store.selection_index import SelectionIndex

log = logging.getLogger(__name__)

_PICKED = "picked"
SCHEMA = pa.schema(
    [
        ("paper_id", pa.string()),
        ("user", pa.string()),
        ("day", pa.date32()),
        ("run_id", pa.string()),
        ("score", pa.float64()),
        ("rank", pa.int32()),
        ("outcome", pa.string()),
        ("slot", pa.string()),
        ("reasons", pa.list_(pa.string())),
        ("regime", pa.string()),
        ("model", pa.string()),
        ("made_at", pa.timestamp("us", tz="UTC")),
        ("probability", pa.float64()),
        ("propensity", pa.float64()),
        ("match", pa.string()),
        ("details", pa.list_(pa.string())),
    ]
)
_ROWS_AT_ONCE = 1_000
_CANDIDATES_KEPT = 5_000
_PICKS_KEPT = 20_000
_ID_BYTES_KEPT = 32 * 1024**2


class Candidate(BaseModel):
    """One paper in one selection. `outcome` is `picked` or why it was not; `rank` 1 is best; `score` None: not scored.

    `probability` is that of a like, None where it is not known yet; `propensity` the probability that this selection
    had of picking it, None in records made before these were kept. `details` are the numbers behind the reasons.
    """

    model_config = ConfigDict(frozen=True)

    paper_id: str
    user: str = DEFAULT_USER
    day: date
    run_id: str
    score: float | None = None
    rank: int | None = None
    outcome: CandidateOutcome = Field(validation_alias=AliasChoices("outcome", "fate"))
    slot: str = ""
    reasons: tuple[str, ...] = ()
    regime: str = ""
    model: str = ""
    made_at: AwareDatetime
    probability: float | None = None
    propensity: float | None = None
    match: Match = ""
    details: tuple[str, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def fate(self) -> CandidateOutcome:
        """The outcome under its old name, for programs that read it."""
        return self.outcome


class SelectionStore:
    """All selections; a run's file is written once and whole. Safe to use from several threads.

    A file that cannot be read is named in the log and passed over.
    """

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._whole = FileCache(_read_candidates, len, _CANDIDATES_KEPT)
        self._picks = FileCache(_read_picks, len, _PICKS_KEPT)
        self._index = SelectionIndex(data)
        self._ids = FileCache(self._read_ids, _bytes_of, _ID_BYTES_KEPT)
        self._users = FileCache(_read_users, len, _PICKS_KEPT)

    def write(self, day: date, run_id: str, candidates: Iterable[Candidate]) -> None:
        """Store a selection, by rank, in place of an earlier one of the same day and run."""
        ordered = sorted(candidates, key=_by_rank)
        path = self._path(day, run_id)
        with self._data.lock("selections"):
            with self._data.replacing(path) as draft, pq.ParquetWriter(draft, SCHEMA) as file:
                for start in range(0, max(len(ordered), 1), _ROWS_AT_ONCE):
                    file.write_table(_table(ordered[start : start + _ROWS_AT_ONCE]))
            self._note_in_index(day)

    def days(self) -> list[date]:
        """Days that have a selection, newest first."""
        return list(dict.fromkeys(day for day, _ in self._files()))

    def runs(self, day: date) -> list[str]:
        return sorted(path.stem for path in self._data.path("selections", day.isoformat()).glob("*.parquet"))

    def read(self, day: date, run_id: str) -> list[Candidate]:
        """A selection's candidates by rank; empty where there is none."""
        return self._whole.get(self._path(day, run_id)) or []

    def picked(self, day: date, run_id: str) -> list[Candidate]:
        """The picks of a selection by rank; those without a rank come last."""
        return self._picks.get(self._path(day, run_id)) or []

    def day(self, day: date) -> list[Candidate]:
        """The candidates of every selection of a day."""
        return [candidate for run_id in self.runs(day) for candidate in self.read(day, run_id)]

    def users(self, day: date, run_id: str) -> set[str] | None:
        """Whose selection it is; None where there is none that can be read."""
        return self._users.get(self._path(day, run_id))

    def outcomes(self, paper_id: str) -> list[Candidate]:
        """What became of a paper in each selection it was in, newest first."""
        sought = pa.scalar(paper_id)
        paths = (path for _, path in self._files() if self._is_in(path, sought))
        return [candidate for path in paths for candidate in _read_paper(path, paper_id)]

    def picks(self, user: str = DEFAULT_USER) -> Iterator[Candidate]:
        """Every pick of this user, newest day first."""
        picks = (self._picks.get(path) for _, path in self._files())
        return (pick for pick in itertools.chain.from_iterable(filter(None, picks)) if pick.user == user)

    def selected_ids(self, user: str = DEFAULT_USER, among: Collection[str] | None = None) -> set[str]:
        """The papers, of some or of all, that were candidates of this user, picked or not."""
        tables = (_columns(path, ["paper_id", "user"]) for _, path in self._files())
        of_user = (table.filter(pc.equal(table.column("user"), user)) for table in tables if table is not None)
        ids = itertools.chain.from_iterable(table.column("paper_id").to_pylist() for table in of_user)
        return {paper_id for paper_id in ids if among is None or paper_id in among}

    def _path(self, day: date, run_id: str) -> Path:
        return self._data.path("selections", day.isoformat(), f"{run_id}.parquet")

    def _files(self) -> list[tuple[date, Path]]:
        """Every selection with its day, newest day first."""
        days = {day: name for name in _names_in(self._data.path("selections")) if (day := _day_named(name)) is not None}
        return [
            (day, self._data.path("selections", days[day], name))
            for day in sorted(days, reverse=True)
            for name in sorted(_names_in(self._data.path("selections", days[day])))
            if name.endswith(".parquet") and not name.startswith(".")
        ]

    def _read_ids(self, path: Path) -> pa.Array | None:
        noted = self._index.ids(path)
        return _read_ids(path) if noted is None else noted

    def _note_in_index(self, day: date) -> None:
        """Have the index know the selections of a day's month, and of the months that it knows nothing of yet."""
        by_month: dict[str, list[Path]] = defaultdict(list)
        for other, path in self._files():
            by_month[f"{other:%Y-%m}"].append(path)
        for month, paths in by_month.items():
            if month == f"{day:%Y-%m}" or not self._index.has(month):
                self._index.note(month, paths, _read_ids)

    def _is_in(self, path: Path, paper_id: pa.StringScalar) -> bool:
        ids = self._ids.get(path)
        return ids is not None and pc.index(ids, paper_id).as_py() >= 0


def _read_candidates(path: Path) -> list[Candidate] | None:
    return _read(path)


def _read_picks(path: Path) -> list[Candidate] | None:
    return _read(path, ("outcome", _PICKED))


def _read_paper(path: Path, paper_id: str) -> list[Candidate]:
    return _read(path, ("paper_id", paper_id)) or []


def _read(path: Path, only: tuple[str, str] | None = None) -> list[Candidate] | None:
    """The candidates of a file, or those only that have a value in a column; None where it cannot be read."""
    table = _columns(path)
    if table is None:
        return None
    kept = table if only is None else table.filter(pc.equal(table.column(only[0]), only[1]))
    try:
        return [_candidate(row) for batch in kept.to_batches(_ROWS_AT_ONCE) for row in batch.to_pylist()]
    except ValidationError as error:
        _say_unreadable(path, error)
        return None


def _read_ids(path: Path) -> pa.Array | None:
    table = _columns(path, ["paper_id"])
    return None if table is None else table.column(0).combine_chunks()


def _read_users(path: Path) -> set[str] | None:
    table = _columns(path, ["user"])
    return None if table is None else set(table.column(0).to_pylist())


def _columns(path: Path, names: list[str] | None = None) -> pa.Table | None:
    try:
        with pa.OSFile(str(path)) as content, pq.ParquetFile(content, pre_buffer=False) as file:
            return _with_new_names(file.read(names, use_threads=False))
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            return None
        _say_unreadable(path, error)
        return None


def _with_new_names(table: pa.Table) -> pa.Table:
    """The column `outcome` was called `fate` before."""
    return table.rename_columns(["outcome" if name == "fate" else name for name in table.column_names])


def _say_unreadable(path: Path, error: Exception) -> None:
    log.error("The selection %s cannot be read: %s", path, error, extra={"action": "selection_unreadable"})


def _by_rank(candidate: Candidate) -> tuple[bool, int, str]:
    """Best first, without a rank last."""
    return candidate.rank is None, candidate.rank or 0, candidate.paper_id


def _bytes_of(ids: pa.Array) -> int:
    return int(ids.nbytes)


def _table(candidates: list[Candidate]) -> pa.Table:
    return pa.Table.from_pylist([candidate.model_dump() for candidate in candidates], schema=SCHEMA)


def _candidate(row: dict[str, Any]) -> Candidate:
    reasons, details = tuple(row["reasons"] or ()), tuple(row.get("details") or ())
    if not row.get("match"):
        reasons, old_details = in_new_words(reasons)
        details += old_details
    return Candidate.model_validate({**row, "reasons": reasons, "details": details, "match": row.get("match") or ""})


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  # a year of days: half the time of Path.iterdir
    except (FileNotFoundError, NotADirectoryError):
        return []


def _day_named(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
