"""Vectors of a batch of rows as unit float32, and which rows have none: null, all zeros, not finite, another length."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as types
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
_UNIT_TOLERANCE = 1e-3


@dataclass
class VectorCounts:
    """What became of the rows of one column of vectors. Each row counts once, but `scaled` are among those with a
    vector: they were not of length 1."""

    rows: int = 0
    kept: int = 0
    known: int = 0
    doubled: int = 0
    null: int = 0
    zero: int = 0
    not_finite: int = 0
    wrong_length: int = 0
    without_id: int = 0
    scaled: int = 0

    @property
    def missing(self) -> int:
        """Rows without a vector."""
        return self.null + self.zero + self.not_finite


@dataclass(frozen=True)
class VectorBatch:
    """`matrix[i]` is the unit vector of row `rows[i]` of the batch."""

    rows: NDArray[np.int64]
    matrix: Matrix
    counts: VectorCounts = field(default_factory=VectorCounts)


def read_vectors(column: pa.Array, dimension: int) -> VectorBatch:
    """The usable vectors of a batch (n rows), scaled to length 1; the counts say why others are none."""
    counts = VectorCounts(rows=len(column))
    rows, matrix = _whole_lists(column, dimension, counts)
    lengths = _lengths(matrix)
    is_finite = np.isfinite(lengths)
    counts.not_finite += int((~is_finite).sum())
    is_zero = lengths == 0
    counts.zero += int(is_zero.sum())
    usable = is_finite & ~is_zero
    if not usable.all():
        rows, matrix, lengths = rows[usable], matrix[usable], lengths[usable]
    is_unit = _is_one(lengths)
    counts.scaled += int((~is_unit).sum())
    if not is_unit.all():
        matrix = matrix.copy()
        matrix[~is_unit] /= lengths[~is_unit, None]
    return VectorBatch(rows, matrix, counts)


def _lengths(matrix: Matrix) -> NDArray[np.float64]:
    """The length of each row; where it is not about 1, in the numbers in which it neither overflows nor vanishes."""
    with np.errstate(over="ignore", invalid="ignore"):
        lengths: NDArray[np.float64] = np.sqrt(np.einsum("ij,ij->i", matrix, matrix)).astype(np.float64)
    others = np.flatnonzero(~_is_one(lengths))
    numbers = matrix[others]
    lengths[others] = np.sqrt(np.einsum("ij,ij->i", numbers, numbers, dtype=np.float64))
    return lengths


def _is_one(lengths: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(lengths - 1) < _UNIT_TOLERANCE)


def _whole_lists(column: pa.Array, dimension: int, counts: VectorCounts) -> tuple[NDArray[np.int64], Matrix]:
    """The rows whose list has `dimension` items, none of them null, and these (n x dimension)."""
    lengths = pc.list_value_length(column).fill_null(-1).to_numpy(zero_copy_only=False)
    counts.null += int((lengths < 1).sum())
    counts.wrong_length += int(((lengths > 0) & (lengths != dimension)).sum())
    rows = np.flatnonzero(lengths == dimension) if dimension else np.empty(0, np.int64)
    whole = column.take(pa.array(rows)) if counts.wrong_length else column
    items = whole.flatten()
    if items.null_count:  # a null item is no number: the row has no vector
        items = items.cast(pa.float32()).fill_null(np.nan)
    flat = items.to_numpy(zero_copy_only=False)
    if types.is_fixed_size_list(whole.type) and len(flat) != len(rows) * dimension:  # pragma: no cover - pyarrow's word
        raise ValueError("lists of another length than their type says")
    with np.errstate(over="ignore"):  # a double beyond float32 becomes infinite, and is counted as not finite
        numbers = flat.astype(np.float32, copy=False)
    return rows, numbers.reshape(len(rows), max(dimension, 1) if len(rows) else dimension)
