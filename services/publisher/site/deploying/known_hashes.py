"""Hashes of files that have not changed since they were hashed: `state/deploy/hashes.json`, derived and disposable.

A site of 10,000 papers has 23,000 files, of which a day changes a few hundred. As git and rsync do, a file counts as
unchanged while device, inode, size and time of modification are the same; one that was modified just before it was
hashed is not remembered, because it may be modified again within the clock's resolution
(https://git-scm.com/docs/racy-git).
"""

import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path

from services.publisher.site.deploying.manifest import SiteFile, site_file
from shared.store.files.data_folder import DataFolder

_SETTLED_NS = 2_000_000_000


class KnownHashes:
    """Those of the files that were asked for since the last `save`, and those that were saved then."""

    def __init__(self, data: DataFolder, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._data, self._clock_ns = data, clock_ns
        self._path = data.path("state", "deploy", "hashes.json")
        self._saved: dict[str, str] | None = None
        self._asked: dict[str, str] = {}

    def file(self, path: Path) -> SiteFile:
        """Hash and size of a file, which is read only where it is another than before."""
        status = path.stat()
        key = f"{status.st_dev}-{status.st_ino}-{status.st_size}-{status.st_mtime_ns}"
        known = self._asked.get(key) or self._known().get(key)
        if known is None:
            file = site_file(path)
            if self._clock_ns() - status.st_mtime_ns < _SETTLED_NS:
                return file
            known = file.hash
        self._asked[key] = known
        return SiteFile(known, status.st_size)

    def save(self) -> None:
        """Remember what was asked for, and nothing else. Raises TemporaryFailure where the disk is full."""
        if self._asked != self._known():
            self._data.write_text(self._path, json.dumps(self._asked, indent=0) + "\n")
        self._saved, self._asked = self._asked, {}

    def _known(self) -> dict[str, str]:
        if self._saved is None:
            self._saved = {}
            with contextlib.suppress(OSError, ValueError, AttributeError):
                read = json.loads(self._path.read_bytes())
                self._saved = {key: value for key, value in read.items() if isinstance(value, str)}
        return self._saved
