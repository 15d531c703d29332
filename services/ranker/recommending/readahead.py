"""Asks the system for the pages of a memory map before they are needed: a scan then waits for the disk alone.

Left to itself, the kernel reads 128 KB ahead of each page fault, and a scan of gigabytes leaves a quick disk half idle.
"""

import contextlib
import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

AHEAD = 64 << 20
"""Bytes asked for at a time."""


class ReadAhead:
    """For a scan over the rows of one array, first to last; does nothing for arrays that are no memory map."""

    def __init__(self, array: NDArray[Any]) -> None:
        self._map = mapping_of(array)
        self._row_bytes = array.strides[0] if array.ndim and len(array) else 0
        self._first = _address(array) - _address(np.frombuffer(self._map, np.uint8)) if self._map else 0
        self._asked = self._first

    def reach(self, row: int) -> None:
        """The scan is at this row."""
        if self._map is None or (due := self.due(row)) is None:
            return
        with contextlib.suppress(OSError, ValueError):  # advice only
            self._map.madvise(mmap.MADV_WILLNEED, due.start, len(due))

    def due(self, row: int) -> range | None:
        """The bytes of the map to ask for now, from the start of a page on; None while enough is on its way."""
        at = self._first + row * self._row_bytes
        if self._map is None or at + AHEAD // 2 < self._asked:
            return None
        start = max(self._asked, at) // mmap.PAGESIZE * mmap.PAGESIZE
        end = min(start + AHEAD, len(self._map))
        self._asked = end
        return range(start, end) if end > start else None


def mapping_of(array: NDArray[Any]) -> mmap.mmap | None:
    """The memory map that an array is a view of."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, mmap.mmap) else None


def _address(array: NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])
