"""What was read of files, kept until they change; what was used least is forgotten where all weighs too much."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from shared.store.files.file_stamps import FileStamp, stamp_of

T = TypeVar("T")


class FileCache(Generic[T]):
    """`read` makes of a file what is kept (None: it cannot be read), `weigh` says its weight, of `most` in all.

    The newest is kept whatever it weighs. Safe to use from several threads.
    """

    def __init__(self, read: Callable[[Path], T | None], weigh: Callable[[T], int], most: int) -> None:
        self._read, self._weigh, self._most = read, weigh, most
        self._turn = threading.Lock()
        self._kept: OrderedDict[Path, tuple[FileStamp, T | None, int]] = OrderedDict()
        self._weight = 0

    def get(self, path: Path) -> T | None:
        """What the file says now; None where there is none, or none that can be read."""
        stamp = stamp_of(path, absent=OSError)
        with self._turn:
            kept = self._kept.get(path)
            if kept is not None and kept[0] == stamp:
                self._kept.move_to_end(path)
                return kept[1]
            self._forget(path)
        content = self._read(path) if stamp is not None else None
        if stamp is not None:
            self._keep(path, stamp, content)
        return content

    def _keep(self, path: Path, stamp: FileStamp, content: T | None) -> None:
        weight = 0 if content is None else self._weigh(content)
        with self._turn:
            self._forget(path)
            self._kept[path] = (stamp, content, weight)
            self._weight += weight
            while self._weight > self._most and len(self._kept) > 1:
                self._forget(next(iter(self._kept)))

    def _forget(self, path: Path) -> None:
        gone = self._kept.pop(path, None)
        self._weight -= gone[2] if gone is not None else 0
