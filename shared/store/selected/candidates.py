"""A selection's file: its columns, the candidates that they make, and parts of them read without the rest."""

import logging
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, computed_field

from shared.contracts import DEFAULT_USER, CandidateOutcome, Match
from shared.store.selected.old_reasons import in_new_words

log = logging.getLogger(__name__)

PICKED = "picked"
ROWS_AT_ONCE = 1_000
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


def read_candidates(path: Path) -> list[Candidate] | None:
    return _read(path)


def read_picks(path: Path) -> list[Candidate] | None:
    return _read(path, ("outcome", PICKED))


def read_paper(path: Path, paper_id: str) -> list[Candidate]:
    return _read(path, ("paper_id", paper_id)) or []


def _read(path: Path, only: tuple[str, str] | None = None) -> list[Candidate] | None:
    """The candidates of a file, or those only that have a value in a column; None where it cannot be read."""
    table = columns_of(path)
    if table is None:
        return None
    kept = table if only is None else table.filter(pc.equal(table.column(only[0]), only[1]))
    try:
        return candidates_of(kept)
    except ValidationError as error:
        _say_unreadable(path, error)
        return None


def candidates_of(table: pa.Table) -> list[Candidate]:
    """The candidates of a table's rows. Raises ValidationError."""
    return [_candidate(row) for batch in table.to_batches(ROWS_AT_ONCE) for row in batch.to_pylist()]


def read_ids(path: Path) -> pa.Array | None:
    table = columns_of(path, ["paper_id"])
    return None if table is None else table.column(0).combine_chunks()


def rows_of_user(table: pa.Table, user: str) -> pa.Table:
    return table.filter(pc.equal(table.column("user"), user))


def read_users(path: Path) -> set[str] | None:
    table = columns_of(path, ["user"])
    return None if table is None else set(table.column(0).to_pylist())


def columns_of(path: Path, names: list[str] | None = None) -> pa.Table | None:
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


def table_of(candidates: list[Candidate]) -> pa.Table:
    return pa.Table.from_pylist([candidate.model_dump() for candidate in candidates], schema=SCHEMA)


def _candidate(row: dict[str, Any]) -> Candidate:
    reasons, details = tuple(row["reasons"] or ()), tuple(row.get("details") or ())
    if not row.get("match"):
        reasons, old_details = in_new_words(reasons)
        details += old_details
    return Candidate.model_validate({**row, "reasons": reasons, "details": details, "match": row.get("match") or ""})
