"""The log in files: `state/logs/<YYYY-MM-DD>-<NNN>.jsonl`, JSON lines by day in parts of bounded size."""

import contextlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TextIO

_PARTS = 10
"""The newest tenth of what may be kept is in the part that is written."""


def log_folder(data: Path) -> Path:
    return data / "state" / "logs"


def local_now() -> datetime:
    return datetime.now().astimezone()


class LogFiles:
    """Appends lines; old parts are deleted by age and size. Never raises: a log must not stop what it tells of."""

    def __init__(self, folder: Path, keep_days: int, max_mb: float, clock: Callable[[], datetime] = local_now) -> None:
        self._folder = folder
        self._keep_days = keep_days
        self._most_bytes = int(max_mb * 1024**2)
        self._clock = clock
        self._file: TextIO | None = None
        self._day: date | None = None
        self._size = 0

    def write(self, line: str) -> None:
        """Append one line. Nothing is kept where the settings say zero days or megabytes, or the disk is full."""
        if not (self._keep_days and self._most_bytes):
            return
        try:
            file = self._current()
            file.write(line + "\n")
            file.flush()
            self._size += len(line.encode("utf-8", "replace")) + 1
        except (OSError, ValueError):
            self.close()

    def close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        self._file = None

    def _current(self) -> TextIO:
        today = self._clock().date()
        if self._file is None or today != self._day or self._size >= self._most_bytes / _PARTS:
            self.close()
            self._file = self._open(today)
            self._day = today
            self._delete_old(today)
        return self._file

    def _open(self, today: date) -> TextIO:
        """The last part of the day where it has room, else the next one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        parts = sorted(self._folder.glob(f"{today}-*.jsonl"))
        number = int(parts[-1].stem[-3:]) if parts else 1
        if parts and parts[-1].stat().st_size >= self._most_bytes / _PARTS:
            number += 1
        path = self._folder / f"{today}-{number:03d}.jsonl"
        file = path.open("a", encoding="utf-8", errors="replace")
        self._size = path.stat().st_size
        if self._size and not _ends_with_newline(path):
            file.write("\n")  # a line that a killed launcher left torn stays alone
        return file

    def _delete_old(self, today: date) -> None:
        """The newest part stays, whatever its age: this machine's clock may have been wrong."""
        first, left = str(today - timedelta(days=self._keep_days - 1)), self._most_bytes
        for path in sorted(self._folder.glob("????-??-??-*.jsonl"), reverse=True)[1:]:
            with contextlib.suppress(OSError):
                left -= path.stat().st_size
                if path.name < first or left < self._most_bytes / _PARTS:
                    path.unlink()


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
