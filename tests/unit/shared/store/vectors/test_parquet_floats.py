"""Numbers read past pyarrow are the numbers that pyarrow reads, or are left to it."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shared.store.vectors.manifest import VectorFile
from shared.store.vectors.parquet_floats import PlainFloats, plain_floats
from shared.store.vectors.rows import open_file
from shared.store.vectors.writer import schema

WIDTH, ROWS = 24, 3_000
MATRIX = np.random.default_rng(0).normal(size=(ROWS, WIDTH)).astype(np.float32)


def write(path: Path, kind: pa.DataType | None = None, **how: Any) -> None:
    vectors = pa.FixedSizeListArray.from_arrays(
        pa.array(MATRIX.reshape(-1)), type=kind or schema(WIDTH).field("embedding").type
    )
    texts = pa.array([f"{row:05}" for row in range(ROWS)])
    table = pa.table({"paper_id": texts, "embedding": vectors, "text_hash": texts})
    pq.write_table(table, path, **{"compression": "NONE", "use_dictionary": False, **how})


def opened(path: Path) -> PlainFloats | None:
    with path.open("rb") as content:
        return plain_floats(path, content, "embedding")


@pytest.mark.parametrize(
    "how",
    [
        {"row_group_size": 700},
        {"data_page_size": 3_000},
        {"data_page_size": 3_000, "write_batch_size": 100},
        {"data_page_version": "2.0", "data_page_size": 3_000},
        {"write_page_index": True, "write_page_checksum": True},
    ],
)
def test_plain_files_of_any_shape_are_read_directly(tmp_path: Path, how: dict[str, Any]) -> None:
    write(tmp_path / "a.parquet", **how)
    floats = opened(tmp_path / "a.parquet")
    assert floats is not None
    assert (floats.rows, floats.width) == (ROWS, WIDTH)
    for start, end in ((0, ROWS), (1, 2), (699, 702), (ROWS - 1, ROWS), (5, 5)):
        out = np.zeros((end - start, WIDTH), np.float32)
        floats.read_into(out, start)
        np.testing.assert_array_equal(out, MATRIX[start:end])
    rows = np.array([7, 8, 9, 2_999, 0, 5])
    out = np.zeros((6, WIDTH), np.float32)
    floats.rows_into(out, rows)
    np.testing.assert_array_equal(out, MATRIX[rows])


@pytest.mark.parametrize(
    "how",
    [
        {"compression": "zstd"},
        {"use_dictionary": True},
        {"column_encoding": "BYTE_STREAM_SPLIT"},
        {"kind": pa.list_(pa.float32(), WIDTH)},
    ],
)
def test_other_files_are_read_all_the_same(tmp_path: Path, how: dict[str, Any]) -> None:
    path = tmp_path / "a.parquet"
    if "column_encoding" in how:
        how = {"column_encoding": {"embedding.list.element": "BYTE_STREAM_SPLIT"}}
    write(path, **how)
    rows = open_file(tmp_path, VectorFile("a.parquet", ROWS, 0, ""), WIDTH)
    out = np.zeros((ROWS, WIDTH), np.float32)
    rows.floats.read_into(out)
    np.testing.assert_array_equal(out, MATRIX)
    rows.floats.rows_into(out[:2], np.array([5, 3]))
    np.testing.assert_array_equal(out[:2], MATRIX[[5, 3]])


def test_a_file_that_was_replaced_or_cut_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write(path)
    floats = opened(path)
    assert floats is not None
    path.rename(tmp_path / "b.parquet")
    write(path, data_page_size=3_000)
    with pytest.raises(FileNotFoundError, match="was replaced"):
        floats.read_into(np.empty((1, WIDTH), np.float32))
