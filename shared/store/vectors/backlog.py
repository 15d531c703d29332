"""Papers that have no vector and should: `embeddings/backlog.parquet`, one row a model and paper. The embedder writes.

Why one is missing is kept apart: its year has no file yet, it was not embedded yet, its text changed, or it failed.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from shared.errors import PapersysError
from shared.paper_ids import year_of
from shared.store.files.data_folder import DataFolder

MissingReason = Literal["no_year_file", "not_embedded", "text_changed", "failed"]
MISSING_REASONS: tuple[MissingReason, ...] = get_args(MissingReason)

_SCHEMA = pa.schema(
    [
        pa.field("paper_id", pa.string(), nullable=False),
        pa.field("year", pa.int32(), nullable=False),
        pa.field("missing_reason", pa.string(), nullable=False),
        pa.field("queued_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("model_alias", pa.string(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("attempts", pa.int32(), nullable=False),
        pa.field("detail", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Missing:
    """One paper without the vector it should have. `origin` names who found it; `detail` is the last error's text."""

    paper_id: str
    missing_reason: MissingReason
    queued_at: datetime
    model_alias: str
    origin: str
    attempts: int = 0
    detail: str = ""

    @property
    def year(self) -> int:
        return year_of(self.paper_id)


class Backlog:
    """What is still to be embedded, by model alias."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("embeddings", "backlog.parquet")

    def all(self, model_alias: str | None = None) -> list[Missing]:
        """The rows (of one model), newest paper first."""
        rows = [row for row in self._read().values() if model_alias in (None, row.model_alias)]
        return sorted(rows, key=lambda row: (row.year, row.paper_id), reverse=True)

    def put(self, rows: Iterable[Missing]) -> None:
        """Add rows. A paper that is queued already keeps its first `queued_at`."""
        incoming = list(rows)
        if not incoming:
            return
        with self._data.lock("embeddings-backlog"):
            queued = self._read()
            for row in incoming:
                key = (row.model_alias, row.paper_id)
                queued[key] = _merged(queued.get(key), row)
            self._write(queued)

    def remove(self, model_alias: str, paper_ids: Iterable[str]) -> None:
        """Take off what was embedded or is gone; ids that are not queued are no matter."""
        gone = {(model_alias, paper_id) for paper_id in paper_ids}
        if not gone & self._read().keys():
            return
        with self._data.lock("embeddings-backlog"):
            self._write({key: row for key, row in self._read().items() if key not in gone})

    def _read(self) -> dict[tuple[str, str], Missing]:
        try:
            table = pq.read_table(self._path, columns=[name for name in _SCHEMA.names if name != "year"])
        except FileNotFoundError:
            return {}
        except (pa.ArrowInvalid, OSError) as error:
            raise PapersysError(f"{self._path} is damaged ({error}); remove it, it is found again.") from error
        rows = [Missing(**row) for row in table.to_pylist()]
        return {(row.model_alias, row.paper_id): row for row in rows}

    def _write(self, rows: dict[tuple[str, str], Missing]) -> None:
        content = [{**asdict(rows[key]), "year": rows[key].year} for key in sorted(rows)]
        with self._data.replacing(self._path) as draft:
            pq.write_table(pa.Table.from_pylist(content, schema=_SCHEMA), draft, compression="zstd")


def _merged(queued: Missing | None, row: Missing) -> Missing:
    if queued is None:
        return row
    return Missing(
        row.paper_id, row.missing_reason, queued.queued_at, row.model_alias, queued.origin, row.attempts, row.detail
    )
