"""Columns of a Parquet table as streams: so many rows at a time, little memory beside them."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

BATCH_ROWS = 2_048
_READ_BYTES = 1024**2


def open_table(path: Path) -> pq.ParquetFile:
    """A table to be read from its beginning to its end, checked where its pages have checksums.

    Raises pa.ArrowException, OSError.
    """
    return pq.ParquetFile(path, buffer_size=_READ_BYTES, pre_buffer=False, page_checksum_verification=True)


def batches(table: pq.ParquetFile, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The rows of some columns; threads of pyarrow's own would cost twice the time here."""
    return iter(table.iter_batches(BATCH_ROWS, columns=list(columns), use_threads=False))


class ColumnRows:
    """One column, read as far as it is asked for, and a batch further in a thread of its own."""

    def __init__(self, path: Path, name: str) -> None:
        self._table = open_table(path)
        self._batches = batches(self._table, [name])
        self._waiting: list[pa.Array] = []
        self._pool = ThreadPoolExecutor(1)
        self._ahead = self._pool.submit(self._read)

    def take(self, count: int) -> pa.Array:
        """The next `count` rows. Raises pa.ArrowException, OSError."""
        while (there := sum(map(len, self._waiting))) < count:
            self._waiting.append(self._ahead.result())
            self._ahead = self._pool.submit(self._read)
        if there == count and len(self._waiting) == 1:
            return self._waiting.pop()
        rows = pa.concat_arrays(self._waiting)
        self._waiting = [rows.slice(count)] if there > count else []
        return rows.slice(0, count)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._table.close()

    def _read(self) -> pa.Array:
        batch = next(self._batches, None)
        if batch is None:
            raise OSError("the columns of the table have different numbers of rows")
        return batch.column(0)
