"""Which selections there are: years of small files, whose names are read again only where something was written.

Every selection that is written changes the folder of its user's index, and a new day their folder of days; so two
stamps tell that all is as it was. What is changed by hand in an old day is seen within a minute.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of

Place = tuple[str, ...]
"""Where a user's selections lie below `selections`: nothing for the owner's, `users` and a folder for another's."""
_TRUSTED_SECONDS = 60.0
_TICK_NS = 100_000_000
"""Two changes of a folder so close to each other may have one time."""
_MOST_PLACES = 500


class SelectionFile(NamedTuple):
    """A file of a day, as it was when it was listed."""

    day: date
    path: Path
    stamp: FileStamp


class _Listed(NamedTuple):
    stamps: tuple[FileStamp | None, FileStamp | None]
    until: float
    files: tuple[SelectionFile, ...]


class SelectionListing:
    """Safe to use from several threads."""

    def __init__(self, data: DataFolder, clock: Callable[[], float] = time.monotonic) -> None:
        self._data, self._clock = data, clock
        self._turn = threading.Lock()
        self._kept: OrderedDict[Place, _Listed] = OrderedDict()

    def files(self, place: Place) -> tuple[SelectionFile, ...]:
        """Every selection of a place, newest day first; the same object while nothing changes."""
        stamps = self._stamps(place)
        with self._turn:
            kept = self._kept.get(place)
            if kept is not None and kept.stamps == stamps and self._clock() < kept.until:
                self._kept.move_to_end(place)
                return kept.files
        listed = _files_in(self._data.path("selections", *place))
        files = kept.files if kept is not None and kept.files == listed else listed
        if _is_settled(stamps):
            self._keep(place, _Listed(stamps, self._clock() + _TRUSTED_SECONDS, files))
        return files

    def forget(self, place: Place) -> None:
        """Have a place read again: something was written there."""
        with self._turn:
            self._kept.pop(place, None)

    def _keep(self, place: Place, listed: _Listed) -> None:
        with self._turn:
            self._kept[place] = listed
            self._kept.move_to_end(place)
            while len(self._kept) > _MOST_PLACES:
                self._kept.popitem(last=False)

    def _stamps(self, place: Place) -> tuple[FileStamp | None, FileStamp | None]:
        folders = self._data.path("selections", *place), self._data.path("state", "selections", *place)
        days, index = (stamp_of(folder, absent=OSError) for folder in folders)
        return days, index


def _is_settled(stamps: tuple[FileStamp | None, ...]) -> bool:
    """Whether a further change would change the stamps: what was changed just now may be changed unseen."""
    newest = max((stamp.modified_ns for stamp in stamps if stamp), default=0)
    return time.time_ns() - newest > _TICK_NS


def _files_in(folder: Path) -> tuple[SelectionFile, ...]:
    days = {day: name for name in _names_in(folder) if (day := _day_named(name)) is not None}
    paths = (
        (day, folder / days[day] / name)
        for day in sorted(days, reverse=True)
        for name in sorted(_names_in(folder / days[day]))
        if name.endswith(".parquet") and not name.startswith(".")
    )
    return tuple(
        SelectionFile(day, path, stamp) for day, path in paths if (stamp := stamp_of(path, absent=OSError)) is not None
    )


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  # a year of days: half the time of Path.iterdir
    except (FileNotFoundError, NotADirectoryError):
        return []


def _day_named(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
