"""In which selections a paper is: the ids of years of files as sorted hashes, so that one look finds a paper."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shared.store.selected.listing import SelectionFile

_MOST_BYTES = 64 * 1024**2
Hashes = npt.NDArray[np.int64]


class _Sorted(NamedTuple):
    """Hashes of ids in ascending order, and which file of the listing each is in."""

    files: tuple[SelectionFile, ...]
    hashes: Hashes
    places: npt.NDArray[np.int32]

    @property
    def weight(self) -> int:
        return self.hashes.nbytes + self.places.nbytes


class PlacesOfPapers:
    """Made anew where a listing changed, of files that are new in it; `read` gives the ids of a file, None: none."""

    def __init__(self, read: Callable[[Path], pa.Array | None]) -> None:
        self._read = read
        self._turn = threading.Lock()
        self._kept: OrderedDict[str, _Sorted] = OrderedDict()

    def of(self, paper_id: str, files: tuple[SelectionFile, ...], key: str) -> list[Path]:
        """The files of a listing that may have a paper, in the order of the listing; `key` says whose it is."""
        with self._turn:
            kept = self._kept.get(key)
            if kept is None or kept.files != files:
                kept = self._kept[key] = self._sorted(files, kept)
            self._kept.move_to_end(key)
            while sum(one.weight for one in self._kept.values()) > _MOST_BYTES and len(self._kept) > 1:
                self._kept.popitem(last=False)
        sought = hash(paper_id)
        first, last = np.searchsorted(kept.hashes, sought, "left"), np.searchsorted(kept.hashes, sought, "right")
        return [files[place].path for place in sorted(set(kept.places[first:last].tolist()))]

    def _sorted(self, files: tuple[SelectionFile, ...], before: _Sorted | None) -> _Sorted:
        known = _by_file(before) if before else {}
        parts = [known[file] if file in known else self._hashes(file.path) for file in files]
        hashes = np.concatenate(parts) if parts else np.empty(0, np.int64)
        places = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
        order = np.argsort(hashes, kind="stable")
        return _Sorted(files, hashes[order], places[order])

    def _hashes(self, path: Path) -> Hashes:
        ids = self._read(path)
        return np.fromiter(map(hash, ids.to_pylist() if ids is not None else ()), np.int64)


def _by_file(kept: _Sorted) -> dict[SelectionFile, Hashes]:
    order = np.argsort(kept.places, kind="stable")
    ends = np.searchsorted(kept.places[order], np.arange(len(kept.files)), "right")
    return dict(zip(kept.files, np.split(kept.hashes[order], ends[:-1]), strict=True)) if kept.files else {}
