"""One data file of vectors, read whole or in columns."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shared.store.vectors.manifest import VectorFile
from shared.store.vectors.rows import Matrix, Stale, damaged


def read_rows(folder: Path, file: VectorFile, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of one data file. Raises FileNotFoundError, or PapersysError where it cannot be read."""
    try:
        table = pq.read_table(folder / file.name, columns=list(columns) if columns else None)
    except (pa.ArrowInvalid, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise damaged(folder / file.name, error) from error
    if table.num_rows != file.rows:
        raise Stale(f"{file.name} has {table.num_rows} rows instead of {file.rows}")
    return table


def matrix_of(table: pa.Table) -> Matrix:
    """The column `embedding` as float32, rows x dimension, without a copy where it is one chunk."""
    column = table.column("embedding").combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else pa.array([], type=column.type)
    flat = column.flatten().to_numpy(zero_copy_only=True)
    return flat.reshape(len(column), column.type.list_size)  # type: ignore[no-any-return]
