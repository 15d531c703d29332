"""Rows of vectors as tables of the data files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shared.store.vectors.rows import Matrix, YearRows

ROW_GROUP = 20_000
_PAGE_BYTES = 8 * 1024**2
_BATCH_VALUES = 65_536


@dataclass(frozen=True)
class Embedded:
    """Vectors to store: `matrix` is float32, one unit row an id; `text_hashes` are of the embedded texts.

    `source` names what made them, `generated_at` is aware and UTC.
    """

    paper_ids: list[str]
    matrix: Matrix
    text_hashes: list[str]
    source: str
    generated_at: datetime

    def pick(self, rows: list[int]) -> "Embedded":
        ids = [self.paper_ids[row] for row in rows]
        hashes = [self.text_hashes[row] for row in rows]
        return Embedded(ids, self.matrix[rows], hashes, self.source, self.generated_at)


def schema(dimension: int) -> pa.Schema:
    """The columns of a data file."""
    vector = pa.list_(pa.field("item", pa.float32(), nullable=False), dimension)
    return pa.schema(
        [
            pa.field("paper_id", pa.string(), nullable=False),
            pa.field("embedding", vector, nullable=False),
            pa.field("generated_at", pa.timestamp("us", tz="UTC"), nullable=False),
            pa.field("model_dim", pa.int32(), nullable=False),
            pa.field("source", pa.string(), nullable=False),
            pa.field("text_hash", pa.string(), nullable=False),
        ]
    )


FACTS = tuple(schema(1).names[2:])
"""The columns beside id and vector."""


def open_parquet(sink: Any, dimension: int) -> pq.ParquetWriter:
    """A writer of a data file. Floats neither compress nor repeat; as they are, and in large pages, they are read back
    fastest."""
    return pq.ParquetWriter(
        sink,
        schema(dimension),
        compression="NONE",
        use_dictionary=["source"],
        write_statistics=["paper_id"],
        data_page_size=_PAGE_BYTES,
        write_batch_size=_BATCH_VALUES,
    )


def table_of(rows: Embedded, dimension: int) -> pa.Table:
    count = len(rows.paper_ids)
    wanted = schema(dimension)
    facts = [
        pa.repeat(pa.scalar(rows.generated_at, wanted.field("generated_at").type), count),
        pa.repeat(pa.scalar(dimension, pa.int32()), count),
        pa.repeat(rows.source, count),
        pa.array(rows.text_hashes, pa.string()),
    ]
    return _assembled(rows.paper_ids, rows.matrix, facts)


def _assembled(ids: list[str], matrix: Matrix, facts: list[Any]) -> pa.Table:
    wanted = schema(matrix.shape[1])
    flat = pa.array(np.ascontiguousarray(matrix).reshape(-1))
    vectors = pa.FixedSizeListArray.from_arrays(flat, type=wanted.field("embedding").type)
    return pa.Table.from_arrays([pa.array(ids, pa.string()), vectors, *facts], schema=wanted)


def blocks_of(rows: YearRows, facts: pa.Table, first: int = 0) -> Iterator[pa.Table]:
    """The rows of a year from `first` on in tables of one row group, so that little memory is needed."""
    for start in range(first, len(rows.ids), ROW_GROUP):
        places = rows.places[start : start + ROW_GROUP]
        matrix = np.empty((len(places), rows.dimension), np.float32)
        rows.gather(matrix, places)
        yield _assembled(rows.ids[start : start + ROW_GROUP], matrix, facts.slice(start, len(places)).columns)
