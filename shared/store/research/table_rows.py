"""One data file of monthly tables: its light columns in memory, the heavy ones read of the rows that are asked for."""

import threading
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

ID = "chunk_id"
"""The column that names a row; no two rows of one dataset share it."""


class KeyRows:
    """All columns of a file but the heavy ones, and where each row is. Safe to use from several threads."""

    def __init__(self, path: Path, heavy: Collection[str]) -> None:
        self._parquet = pq.ParquetFile(path, memory_map=True)
        self._turn = threading.Lock()
        self.keys = self._parquet.read([name for name in self._parquet.schema_arrow.names if name not in heavy])
        ids = np.array(self.keys.column(ID).to_pylist(), dtype="S32")
        self._order = np.argsort(ids)
        self._sorted = ids[self._order]
        groups = [self._parquet.metadata.row_group(number).num_rows for number in range(self._parquet.num_row_groups)]
        self._starts = np.concatenate([[0], np.cumsum(groups, dtype=np.int64)]).astype(np.int64)

    def __len__(self) -> int:
        return int(self.keys.num_rows)

    def find(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """The rows of those of these ids that are here."""
        if not ids or not len(self._sorted):
            return np.empty(0, np.int64)
        wanted = np.array(ids, dtype="S32")
        places = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        return np.asarray(self._order[places[self._sorted[places] == wanted]], dtype=np.int64)

    def rows(self, numbers: NDArray[np.int64]) -> pa.Table:
        """Whole rows, in ascending order; only the row groups that they stand in are read."""
        numbers = np.sort(numbers)
        groups = np.searchsorted(self._starts, numbers, side="right") - 1
        wanted = np.unique(groups)
        starts = np.concatenate([[0], np.cumsum(np.diff(self._starts)[wanted])])[:-1]
        offset = dict(zip(wanted.tolist(), (starts - self._starts[wanted]).tolist(), strict=True))
        with self._turn:
            table = self._parquet.read_row_groups(wanted.tolist())
        places = [number + offset[group] for number, group in zip(numbers.tolist(), groups.tolist(), strict=True)]
        return table.take(pa.array(places, pa.int64()))
