"""Vectors of a batch, whatever the type of their column; what is none is counted by kind."""

import numpy as np
import pyarrow as pa
import pytest

from deploy.migrating.tables.vector_batches import read_vectors

GOOD, LONG, ZERO = [0.6, 0.8], [3.0, 4.0], [0.0, 0.0]
TYPES = [
    pa.list_(pa.float32()),
    pa.list_(pa.float64()),
    pa.large_list(pa.float32()),
    pa.list_(pa.float16()),
]


@pytest.mark.parametrize("kind", [*TYPES, pa.list_(pa.float32(), 2), pa.list_(pa.float64(), 2)], ids=str)
def test_each_row_is_a_unit_vector_or_counted(kind: pa.DataType) -> None:
    number = np.float16 if kind.value_type == pa.float16() else float
    rows = [GOOD, None, ZERO, LONG, [float("nan"), 1.0], [float("inf"), 1.0]]
    column = pa.array([None if each is None else [number(x) for x in each] for each in rows], kind)
    batch = read_vectors(column, 2)
    assert batch.rows.tolist() == [0, 3]
    assert np.allclose(batch.matrix, [GOOD, GOOD], atol=1e-3)
    assert batch.matrix.dtype == np.float32
    counts = batch.counts
    assert (counts.rows, counts.null, counts.zero, counts.not_finite, counts.scaled) == (6, 1, 1, 2, 1)


def test_lists_of_another_length_empty_ones_and_null_items_are_no_vectors() -> None:
    column = pa.array([[1.0], [], [1.0, None], GOOD, [1.0, 2.0, 3.0]], pa.list_(pa.float32()))
    batch = read_vectors(column, 2)
    assert batch.rows.tolist() == [3]
    assert (batch.counts.wrong_length, batch.counts.null, batch.counts.not_finite) == (2, 1, 1)


def test_a_batch_without_any_vector_is_empty() -> None:
    assert read_vectors(pa.array([None, None], pa.list_(pa.float32())), 2).matrix.shape == (0, 2)


def test_a_slice_of_a_column_is_read_as_it_is() -> None:
    column = pa.array([ZERO, GOOD, LONG], pa.list_(pa.float32(), 2))
    assert read_vectors(column.slice(1), 2).rows.tolist() == [0, 1]


def test_doubles_beyond_float32_are_not_finite() -> None:
    assert read_vectors(pa.array([[1e300, 1.0]], pa.list_(pa.float64())), 2).counts.not_finite == 1
