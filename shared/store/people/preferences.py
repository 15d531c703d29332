"""The user's ratings: `preferences/events-<YYYY>.csv`, append-only, by year of the rating. Written by feedback.

Nothing is overwritten; the user's newest rating of a paper wins. A line that cannot be read, or whose time is
impossible, is named in the log and passed over; it stays in its file.
"""

import logging
import math
import threading
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import cast, get_args

from shared.contracts import DEFAULT_USER, FeedbackLabel, Label
from shared.paper_ids import parse_paper_id
from shared.store.files.csv_lines import cells_of, dump_rows, latest_moment, read_moment
from shared.store.files.data_folder import DataFolder, whole_lines
from shared.store.files.file_stamps import FileStamp, stamp_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rating:
    """One word of a user on one paper; `occurred_at` is aware and UTC."""

    event_id: str
    paper_id: str
    user: str
    label: Label
    source: str
    actor: str
    weight: float
    occurred_at: datetime


COLUMNS = tuple(column.name for column in fields(Rating))
cells_of_rating = attrgetter(*COLUMNS)


def ratings_of(event: FeedbackLabel) -> list[Rating]:
    """One rating a paper."""
    return [
        Rating(
            event.event_id,
            paper_id,
            event.user,
            event.label,
            event.source,
            event.actor,
            event.weight,
            event.occurred_at,
        )
        for paper_id in event.paper_ids
    ]


def standing_ratings(ratings: Iterable[Rating]) -> dict[str, Rating]:
    """The newest like or dislike of each paper, the newest last; `ratings` oldest first."""
    newest: dict[str, Rating] = {}
    for rating in ratings:
        newest.pop(rating.paper_id, None)
        newest[rating.paper_id] = rating
    return {paper_id: rating for paper_id, rating in newest.items() if rating.label != "clear"}


@dataclass
class _Year:
    """What was read of a file: its first `size` bytes with their `checksum`, in so many `lines`."""

    stamp: FileStamp | None = None
    size: int = 0
    checksum: int = 0
    lines: int = 0
    columns: tuple[str, ...] = COLUMNS
    by_user: dict[str, list[Rating]] = field(default_factory=lambda: defaultdict(list))
    keys: set[tuple[str, str]] = field(default_factory=set)


class RatingStore:
    """All ratings that were ever given. Of a file that grew only what is new is parsed. Safe in several threads."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._logged: set[tuple[Path, int]] = set()
        self._years: dict[Path, _Year] = {}
        self._turn = threading.Lock()
        self._writing = threading.Lock()

    def append(self, ratings: Iterable[Rating]) -> int:
        """Store ratings that are not stored yet (by event and paper); returns how many that were."""
        by_year: dict[int, list[Rating]] = defaultdict(list)
        for rating in ratings:
            by_year[rating.occurred_at.year].append(rating)
        stored = 0
        with self._writing, self._data.lock("preferences"):  # who waits for a file's lock looks only now and then
            for year, incoming in by_year.items():
                path = self._data.path("preferences", f"events-{year}.csv")
                stored_keys = self._read(path).keys
                fresh = [rating for rating in incoming if (rating.event_id, rating.paper_id) not in stored_keys]
                if fresh:
                    rows = map(cells_of_rating, fresh)
                    self._data.append_lines(path, dump_rows(rows, COLUMNS, with_header=not whole_lines(path)))
                stored += len(fresh)
        return stored

    def all(self, user: str = DEFAULT_USER) -> list[Rating]:
        """A user's ratings, oldest first."""
        ratings = [rating for path in self._paths() for rating in self._read(path).by_user.get(user, ())]
        return sorted(ratings, key=lambda rating: rating.occurred_at)

    def current(self, user: str = DEFAULT_USER, as_of: datetime | None = None) -> dict[str, Rating]:
        """A user's standing likes and dislikes by paper, at a moment (now); what was cleared is absent."""
        return standing_ratings(r for r in self.all(user) if as_of is None or r.occurred_at <= as_of)

    def users(self) -> set[str]:
        return set[str]().union(*(list(self._read(path).by_user) for path in self._paths()))

    def count(self) -> int:
        """How many words were said, by all users."""
        return sum(len(ratings) for path in self._paths() for ratings in list(self._read(path).by_user.values()))

    def fingerprint(self, user: str | None = None) -> str:
        """Changes whenever a rating is added, or one of a user; without a user it costs only a look at the sizes."""
        if user is None:
            return ";".join(f"{path.name}:{path.stat().st_size}" for path in self._paths())
        own = [(path.name, self._read(path).by_user.get(user)) for path in self._paths()]
        return ";".join(f"{name}:{len(ratings)}:{ratings[-1].event_id}" for name, ratings in own if ratings)

    def _paths(self) -> list[Path]:
        return sorted(self._data.path("preferences").glob("events-????.csv"))

    def _read(self, path: Path) -> _Year:
        """The ratings of a file. Nothing is later than its file was written, whatever the clock says by now."""
        with self._turn:
            year, stamp = self._years.get(path, _Year()), stamp_of(path)
            if stamp is None:
                return _Year()
            if year.stamp != stamp:
                year = self._years[path] = self._read_on(path, year, stamp)
            return year

    def _read_on(self, path: Path, year: _Year, stamp: FileStamp) -> _Year:
        """Take in the whole lines that follow what was read, or all where that was changed."""
        content = path.read_bytes()
        if len(content) < year.size or zlib.crc32(content[: year.size]) != year.checksum:
            year = _Year()
        content = content[year.size : content.rfind(b"\n") + 1]
        latest = latest_moment(path)
        for number, cells in _rows(content.decode("utf-8", "replace"), year):
            try:
                rating = rating_of_row(dict(zip(year.columns, cells, strict=False)), latest)
            except (KeyError, ValueError, TypeError, OverflowError) as problem:
                self._log_unreadable(path, number, problem)
            else:
                year.by_user[rating.user].append(rating)
                year.keys.add((rating.event_id, rating.paper_id))
        year.stamp, year.size, year.checksum = stamp, year.size + len(content), zlib.crc32(content, year.checksum)
        return year

    def _log_unreadable(self, path: Path, number: int, problem: Exception) -> None:
        """Say once what is wrong with a line."""
        if (path, number) not in self._logged:
            self._logged.add((path, number))
            text = "%s, line %d, cannot be read and is left out: %s; mend or remove the line."
            log.error(text, path, number, problem, extra={"action": "rating_unreadable"})


def _rows(text: str, year: _Year) -> Iterator[tuple[int, list[str]]]:
    """Each line with its number; a line is a record, so that one that is torn or spoilt takes no other with it."""
    for line in text.split("\n")[:-1]:
        year.lines += 1
        cells = cells_of(line)
        if year.lines == 1 and set(COLUMNS) <= set(cells):
            year.columns = tuple(cells)
        elif cells:
            yield year.lines, cells


def rating_of_row(row: Mapping[str, str], latest: datetime) -> Rating:
    """A rating of cells by column. Raises KeyError, ValueError, TypeError and OverflowError for what is none."""
    occurred_at = read_moment(row["occurred_at"], latest)
    weight = float(row["weight"])
    if not math.isfinite(weight) or weight <= 0:
        raise ValueError(f"{row['weight']} is no weight")
    if row["label"] not in get_args(Label):
        raise ValueError(f"{row['label']!r} is no label")
    return Rating(
        row["event_id"],
        parse_paper_id(row["paper_id"]),
        row["user"],
        cast(Label, row["label"]),
        row["source"],
        row["actor"],
        weight,
        occurred_at,
    )
