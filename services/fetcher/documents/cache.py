"""The folder of documents kept under its cap: what was not used for longest goes first, as it can be fetched again.

Versions that a reading list names stay, for answers cite them.
"""

import os
import shutil
from pathlib import Path

from shared.paper_ids import folder_name
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.research.reading_list import ReadingListStore

_LOOKS_EVERY = 25


class DocumentCache:
    """Counts what lies there now and then, not at every paper."""

    def __init__(self, data: DataFolder, max_bytes: int) -> None:
        self._data = data
        self._store = DocumentStore(data)
        self._lists = ReadingListStore(data)
        self._max_bytes = max_bytes
        self._puts = 0

    def note_use(self, record: DocumentRecord) -> None:
        """A document that was asked for stays."""
        report = self._store.folder(record.paper_id, record.version) / "report.json"
        if report.exists():
            os.utime(report)

    def trim(self, newest: str) -> list[Path]:
        """Drop documents, the least recently used first, until the rest fits; never the one of `newest`."""
        self._puts += 1
        if self._puts % _LOOKS_EVERY != 1:
            return []
        with self._data.lock("documents"):
            return self._trim(folder_name(newest))

    def _trim(self, newest: str) -> list[Path]:
        folders = [(*_use_and_size(folder), folder) for folder in self._data.path("documents").glob("*/v*")]
        excess = sum(size for _, size, _ in folders) - self._max_bytes
        pinned = self._lists.pinned() if excess > 0 else set()
        dropped: list[Path] = []
        for _, size, folder in sorted(folders):
            if excess <= 0:
                break
            if folder.parent.name != newest and (folder.parent.name, folder.name) not in pinned:
                (folder / "report.json").unlink(missing_ok=True)
                shutil.rmtree(folder, ignore_errors=True)
                excess -= size
                dropped.append(folder)
        return dropped


def _use_and_size(folder: Path) -> tuple[float, int]:
    stats = [path.stat() for path in folder.iterdir() if path.is_file()]
    return max((stat.st_mtime for stat in stats), default=0.0), sum(stat.st_size for stat in stats)
