"""The user's ratings: `preferences/events-<YYYY>.csv`, append-only, by year of the rating. Written by feedback.

Nothing is overwritten; the user's newest rating of a paper wins. A line that cannot be read, or whose time is
impossible, is named in the log and passed over; it stays in its file.
"""

import logging
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import cast, get_args

from shared.contracts import DEFAULT_USER, FIRST_MOMENT, FeedbackLabel, Label
from shared.paper_ids import parse_paper_id
from shared.store.files.csv_lines import dump_rows, latest_moment, read_moment, read_rows
from shared.store.files.data_folder import DataFolder, whole_lines

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


class RatingStore:
    """All ratings that were ever given."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._logged: set[tuple[Path, int]] = set()

    def append(self, ratings: Iterable[Rating]) -> int:
        """Store ratings that are not stored yet (by event and paper); returns how many that were."""
        by_year: dict[int, list[Rating]] = defaultdict(list)
        for rating in ratings:
            by_year[rating.occurred_at.year].append(rating)
        stored = 0
        with self._data.lock("preferences"):
            for year, incoming in by_year.items():
                path = self._data.path("preferences", f"events-{year}.csv")
                stored_keys = {(rating.event_id, rating.paper_id) for rating in self._read(path)}
                fresh = [rating for rating in incoming if (rating.event_id, rating.paper_id) not in stored_keys]
                if fresh:
                    rows = map(astuple, fresh)
                    self._data.append_lines(path, dump_rows(rows, COLUMNS, with_header=not whole_lines(path)))
                stored += len(fresh)
        return stored

    def all(self, user: str = DEFAULT_USER) -> list[Rating]:
        """A user's ratings, oldest first."""
        ratings = [rating for path in self._paths() for rating in self._read(path) if rating.user == user]
        return sorted(ratings, key=lambda rating: rating.occurred_at)

    def current(self, user: str = DEFAULT_USER, as_of: datetime | None = None) -> dict[str, Rating]:
        """A user's standing likes and dislikes by paper, at a moment (now); what was cleared is absent."""
        newest: dict[str, Rating] = {}
        for rating in self.all(user):
            if as_of is None or rating.occurred_at <= as_of:
                newest.pop(rating.paper_id, None)
                newest[rating.paper_id] = rating
        return {paper_id: rating for paper_id, rating in newest.items() if rating.label != "clear"}

    def users(self) -> set[str]:
        return {rating.user for path in self._paths() for rating in self._read(path)}

    def count(self) -> int:
        """How many words were said, by all users."""
        return sum(len(self._read(path)) for path in self._paths())

    def fingerprint(self) -> str:
        """Changes whenever a rating is added; costs only a look at the files' sizes."""
        return ";".join(f"{path.name}:{path.stat().st_size}" for path in self._paths())

    def _paths(self) -> list[Path]:
        return sorted(self._data.path("preferences").glob("events-????.csv"))

    def _read(self, path: Path) -> list[Rating]:
        """The ratings of a file."""
        text = whole_lines(path)
        latest = latest_moment(path) if text else FIRST_MOMENT
        ratings: list[Rating] = []
        for number, row in read_rows(text, COLUMNS):
            try:
                ratings.append(_rating(row, latest))
            except (KeyError, ValueError, TypeError, OverflowError) as problem:
                self._log_unreadable(path, number, problem)
        return ratings

    def _log_unreadable(self, path: Path, number: int, problem: Exception) -> None:
        """Say once what is wrong with a line."""
        if (path, number) not in self._logged:
            self._logged.add((path, number))
            text = "%s, line %d, cannot be read and is left out: %s; mend or remove the line."
            log.error(text, path, number, problem, extra={"action": "rating_unreadable"})


def _rating(row: Mapping[str, str], latest: datetime) -> Rating:
    """Raises KeyError, ValueError, TypeError and OverflowError for what is none."""
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
