"""Columns of texts and of lists of texts as older tables have them, in one form; kernels of Arrow on them. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as types
from numpy.typing import NDArray

from deploy.migrating.tables.cells import read_words

Mask = NDArray[np.bool_]

_OTHER_SPACE = (
    r"\t\n\v\f\r\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"  # as str.split
)
_UNEVEN_SPACE = rf"[ {_OTHER_SPACE}]*[{_OTHER_SPACE}][ {_OTHER_SPACE}]*|  +"
_TEXTS = pa.large_string()
LISTS = pa.large_list(_TEXTS)


def plain_column(column: pa.Array) -> pa.Array:
    """The column without dictionaries, runs and extension types around its values; bytes as text, moments without
    nanoseconds."""
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if types.is_dictionary(column.type) or types.is_run_end_encoded(column.type):
        column = column.cast(column.type.value_type)
    if types.is_binary(column.type) or types.is_large_binary(column.type) or types.is_binary_view(column.type):
        column = column.cast(pa.large_binary()).view(_TEXTS)
    if types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", "UTC" if column.type.tz else None), safe=False)
    return column


def texts_of(column: pa.Array) -> pa.Array:
    """The cells as texts with single spaces, empty where nothing is written (`read_words` of each)."""
    if not _is_text(column.type):
        return pa.array(map(read_words, cells_of(column)), _TEXTS)
    texts = column.cast(_TEXTS) if _is_utf8(column) else pa.array(cells_of(column), _TEXTS)
    return pc.utf8_trim(pc.replace_substring_regex(texts.fill_null(""), _UNEVEN_SPACE, " "), " ")


def lists_of(column: pa.Array, read: Callable[[object], Sequence[str]]) -> pa.Array:
    """The cells as lists of texts with single spaces; what is no list of texts is read cell by cell."""
    if not (types.is_list(column.type) or types.is_large_list(column.type)) or not _is_text(column.type.value_type):
        return pa.array(map(read, cells_of(column)), LISTS)
    texts = texts_of(column.flatten())
    is_there = pc.not_equal(texts, "")
    kept_before = np.append(0, np.cumsum(is_there.to_numpy(zero_copy_only=False)))
    ends = np.append(0, np.cumsum(pc.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False)))
    return pa.LargeListArray.from_arrays(pa.array(kept_before[ends], pa.int64()), texts.filter(is_there))


def cells_of(column: pa.Array) -> list[Any]:
    """The cells as Python has them; text that is no UTF-8 with marks in place of the bytes, moments beyond Python's
    years as their numbers."""
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError):
        return [_cell(each) for each in column]


def cell_of(column: pa.Array, row: int) -> Any:
    """One cell as Python has it."""
    return cells_of(column.slice(row, 1))[0]


def joined(lists: pa.Array, between: str) -> pa.Array:
    """The texts of each list as one text."""
    return pc.binary_join(lists, as_text(between))


def distinct(column: pa.Array) -> tuple[list[Any], pa.Array]:
    """The different cells of a column, and which of them each row has."""
    try:
        encoded = column.dictionary_encode("encode")
    except pa.ArrowNotImplementedError:
        return cells_of(column), pa.array(np.arange(len(column)))
    return cells_of(encoded.dictionary), encoded.indices


def finds(texts: pa.Array, pattern: str) -> Mask:
    """Which texts a regular expression (RE2) finds something in."""
    return as_mask(pc.match_substring_regex(texts, pattern))


def as_mask(booleans: pa.Array) -> Mask:
    return np.asarray(booleans.to_numpy(zero_copy_only=False), bool)


def as_texts(values: Iterable[str | None]) -> pa.Array:
    return pa.array(values, _TEXTS)


def as_text(value: str) -> pa.Scalar:
    return pa.scalar(value, _TEXTS)


def bytes_of(texts: pa.Array) -> memoryview:
    """All texts of a column one after the other, in UTF-8; nothing is copied."""
    _, offsets, content = texts.buffers()
    if content is None:
        return memoryview(b"")
    bounds = np.frombuffer(offsets, np.int64)
    return memoryview(content)[bounds[texts.offset] : bounds[texts.offset + len(texts)]]


def _is_text(kind: pa.DataType) -> bool:
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_utf8(column: pa.Array) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _cell(cell: pa.Scalar) -> object:
    try:
        return cell.as_py()
    except (ValueError, OverflowError):
        if _is_text(cell.type):
            return cell.as_buffer().to_pybytes().decode("utf-8", "replace")
        return str(cell.value) if types.is_temporal(cell.type) else None
