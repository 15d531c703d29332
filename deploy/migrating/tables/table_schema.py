"""The columns of a Parquet table and what each is taken for; what is not taken is named with the reason."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as types

from deploy.migrating.column_map import IGNORED, PAPER_FIELDS, ColumnMap
from deploy.migrating.sources import NOT_FETCHED, is_lfs_pointer
from shared.errors import PapersysError

_BATCH = 500


@dataclass(frozen=True)
class VectorColumn:
    """A column of vectors: stored as `alias`; `dimension` is 0 where no row of the table has one."""

    column: str
    alias: str
    dimension: int
    type: str


@dataclass(frozen=True)
class TableSchema:
    """`papers` maps fields of a paper to columns. `not_taken` says why a column is left."""

    rows: int
    papers: Mapping[str, str] = field(default_factory=dict)
    vectors: tuple[VectorColumn, ...] = ()
    not_taken: Mapping[str, str] = field(default_factory=dict)
    bytes_of_text: int = 0
    problem: str = ""

    @property
    def has_papers(self) -> bool:
        """Whether it says more of papers than their ids."""
        return {"title", "categories"} <= set(self.papers)


def read_schema(path: Path, columns: ColumnMap) -> TableSchema:
    """What a table holds; `problem` says why nothing of it can be taken. Raises PapersysError for a bad `--map`."""
    try:
        if is_lfs_pointer(path):
            return TableSchema(0, problem=NOT_FETCHED)
        with pq.ParquetFile(path) as table:
            return schema_of(table, columns)
    except (pa.ArrowException, OSError) as error:
        return TableSchema(0, problem=f"it is no Parquet file that can be read ({error})")


def schema_of(table: pq.ParquetFile, columns: ColumnMap) -> TableSchema:
    """The same of an open table."""
    papers: dict[str, str] = {}
    vectors: list[VectorColumn] = []
    not_taken: dict[str, str] = {}
    for column in table.schema_arrow:
        meaning = columns.meaning(column.name)
        if meaning == IGNORED:
            not_taken[column.name] = "ignored, as --map says"
        elif columns.is_vector(column.name) or (meaning is None and _holds_numbers(column.type)):
            if not _holds_numbers(column.type):
                raise PapersysError(f"--map says that {column.name} holds vectors, but it is {column.type}.")
            vectors.append(_vector_column(table, column, columns))
        elif meaning not in PAPER_FIELDS:
            not_taken[column.name] = f"unknown ({column.type}); --map '{column.name}=...' takes it"
        elif meaning in papers:
            not_taken[column.name] = f"{meaning} is read from {papers[meaning]} already"
        else:
            papers[meaning] = column.name
    problem = "" if "id" in papers else "it has no column of arXiv ids; --map COLUMN=id names one"
    return TableSchema(table.metadata.num_rows, papers, tuple(vectors), not_taken, _text_bytes(table, papers), problem)


def _holds_numbers(kind: pa.DataType) -> bool:
    is_list = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
    return bool(is_list and types.is_floating(kind.value_type))


def _vector_column(table: pq.ParquetFile, column: pa.Field, columns: ColumnMap) -> VectorColumn:
    dimension = column.type.list_size if types.is_fixed_size_list(column.type) else _usual_length(table, column.name)
    return VectorColumn(column.name, columns.alias(column.name), dimension, str(column.type))


def _usual_length(table: pq.ParquetFile, name: str) -> int:
    """The length that most of the first lists have; 0 where none holds anything. A single list may be cut or a stub."""
    lengths: Counter[int] = Counter()
    for batch in table.iter_batches(batch_size=_BATCH, columns=[name]):
        lengths.update(length for length in pc.list_value_length(batch.column(0)).to_pylist() if length)
        if lengths.total() >= _BATCH:
            break
    return max(lengths, key=lambda length: (lengths[length], length), default=0)


def _text_bytes(table: pq.ParquetFile, papers: Mapping[str, str]) -> int:
    """Uncompressed bytes of the columns of papers."""
    metadata, wanted = table.metadata, set(papers.values())
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    chunks = (group.column(number) for group in groups for number in range(group.num_columns))
    return sum(chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema.split(".")[0] in wanted)
