"""Float32 lists of a Parquet file, read straight into an array.

pyarrow decodes the levels of nested columns value by value, which costs several times more than reading the numbers:
0.3 GB/s with 550 to 1,600 MB beside the array, where 1 GB/s with 200 MB was asked for; this module reads 2.2 GB/s with
nothing beside it (300,000 x 384, tests/bench/vectors/bench_vector_formats.py). Arrow IPC and .npy are as fast, but
would take the vectors out of the one table that DuckDB and pandas read; see docs/embeddings.md.

Where a column is written plainly (no compression, encoding PLAIN, nothing null, every list as long as the others) its
numbers lie in the file as they are, page by page, and are copied from there. All other files are pyarrow's.

Formats: https://parquet.apache.org/docs/file-format/ and the Thrift compact protocol, in which page headers are kept.
"""

import bisect
import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from shared.store.files.file_stamps import FileStamp, stamp_of

_HEADER_BYTES = 512
_DATA_PAGE, _DATA_PAGE_V2 = 0, 3
_PLAIN = 0
_ITEM_BYTES = 4

Header = dict[int, Any]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Page:
    """`count` float32 from `offset` of the file on; `first` of them counts those before."""

    first: int
    count: int
    offset: int

    @property
    def end(self) -> int:
        return self.first + self.count


class _NotPlain(Exception):
    """The numbers do not lie in the file as they are."""


class PlainFloats:
    """The numbers of one plainly written column of lists of `width` float32."""

    def __init__(self, path: Path, stamp: FileStamp, pages: list[_Page], rows: int, width: int) -> None:
        self.path = path
        self.rows = rows
        self.width = width
        self._stamp = stamp
        self._pages = pages
        self._firsts = [page.first for page in pages]

    def read_into(self, out: Floats, first_row: int = 0) -> None:
        """Fill `out` (rows x width, contiguous) from `first_row` on.

        Raises FileNotFoundError when the file was replaced meanwhile, OSError when it cannot be read.
        """
        with self._open() as descriptor:
            self._read(descriptor, out, first_row)

    def rows_into(self, out: Floats, rows: NDArray[np.int64]) -> None:
        """Fill `out[i]` with row `rows[i]`; rows that follow each other are one read. Raises as `read_into`."""
        starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1).tolist()
        with self._open() as descriptor:
            for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
                self._read(descriptor, out[start:end], int(rows[start]))

    @contextlib.contextmanager
    def _open(self) -> Iterator[int]:
        with self.path.open("rb", buffering=0) as content:
            if stamp_of(content.fileno()) != self._stamp:
                raise FileNotFoundError(f"{self.path} was replaced")
            yield content.fileno()

    def _read(self, descriptor: int, out: Floats, first_row: int) -> None:
        target = out.reshape(-1).data.cast("B")
        at, end = first_row * self.width, (first_row + len(out)) * self.width
        number = bisect.bisect_right(self._firsts, at) - 1
        done = 0
        while at < end:
            page = self._pages[number]
            count = min(end, page.first + page.count) - at
            size = count * _ITEM_BYTES
            _fill(descriptor, target[done : done + size], page.offset + (at - page.first) * _ITEM_BYTES)
            at, done, number = at + count, done + size, number + 1


def plain_floats(path: Path, content: IO[bytes], name: str) -> PlainFloats | None:
    """The column `name` of the open file at `path`, where it is written plainly; None where it is pyarrow's to read."""
    metadata = pq.read_metadata(content)
    columns = [n for n in range(metadata.num_columns) if metadata.schema.column(n).path.split(".")[0] == name]
    if len(columns) != 1 or not metadata.num_rows:
        return None
    schema = metadata.schema.column(columns[0])
    levels = schema.max_repetition_level, schema.max_definition_level
    chunks = [metadata.row_group(group).column(columns[0]) for group in range(metadata.num_row_groups)]
    if schema.physical_type != "FLOAT" or not all(map(_is_uncompressed, chunks)):
        return None
    pages: list[_Page] = []
    try:
        for chunk in chunks:
            pages += _pages(content.fileno(), chunk, levels, pages[-1].end if pages else 0)
    except (_NotPlain, ValueError, IndexError, KeyError):
        return None
    width, rest = divmod(pages[-1].end, metadata.num_rows)
    stamp = stamp_of(content.fileno())
    return None if rest or stamp is None else PlainFloats(path, stamp, pages, metadata.num_rows, width)


def _is_uncompressed(chunk: Any) -> bool:
    return chunk.compression == "UNCOMPRESSED" and not chunk.has_dictionary_page


def _pages(descriptor: int, chunk: Any, levels: tuple[int, int], first: int) -> Iterator[_Page]:
    """The pages of a column chunk; `first` numbers lie before them."""
    at, end = chunk.data_page_offset, first + chunk.num_values
    while first < end:
        header, size = _struct(os.pread(descriptor, _HEADER_BYTES, at), 0)
        start = at + size
        skipped = _levels_bytes(descriptor, header, start, levels)
        count = int((header.get(5) or header[8])[1])
        if count <= 0 or skipped + count * _ITEM_BYTES != header[3]:
            raise _NotPlain
        yield _Page(first, count, start + skipped)
        at, first = start + header[3], first + count


def _levels_bytes(descriptor: int, header: Header, start: int, levels: tuple[int, int]) -> int:
    """How many bytes of repetition and definition levels go before a page's values."""
    if header[1] == _DATA_PAGE_V2 and header[8][4] == _PLAIN:
        return int(header[8][5] + header[8][6])
    if header[1] != _DATA_PAGE or header[5][2] != _PLAIN:
        raise _NotPlain
    skipped = 0
    for _ in filter(None, levels):
        skipped += 4 + int.from_bytes(os.pread(descriptor, 4, start + skipped), "little")
    return skipped


def _fill(descriptor: int, target: memoryview, offset: int) -> None:
    done = 0
    while done < len(target):
        read = os.preadv(descriptor, [target[done:]], offset + done)
        if read == 0:
            raise OSError(f"the file ends {len(target) - done} bytes too early")
        done += read


def _struct(data: bytes, at: int) -> tuple[Header, int]:
    """Fields of a Thrift struct by number, and where it ends."""
    fields: Header = {}
    number = 0
    while data[at] != 0:
        delta, kind = data[at] >> 4, data[at] & 15
        at += 1
        if delta:
            number += delta
        else:
            number, at = _zigzag(data, at)
        fields[number], at = _value(data, at, kind)
    return fields, at + 1


def _value(data: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in (1, 2):
        return kind == 1, at
    if kind == 3:
        return data[at], at + 1
    if kind in (4, 5, 6):
        return _zigzag(data, at)
    if kind == 8:
        size, at = _varint(data, at)
        return data[at : at + size], at + size
    if kind == 12:
        return _struct(data, at)
    raise ValueError(f"a page header with a value of kind {kind}")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _zigzag(data: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return (value >> 1) ^ -(value & 1), at
