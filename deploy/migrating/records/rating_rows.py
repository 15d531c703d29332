"""Ratings of older systems, each with the time that is known of it. Pure.

A file named for a month was written in it, so its ratings were given by that month's end; the same line in later
months is a copy. A file without a month in its name says no time.
"""

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from deploy.migrating.records.summary_records import ReadSummary
from shared.text.rating_files.rated_rows import RatedRow, RatingFile
from shared.text.rating_files.rating_words import said_by

_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)")


@dataclass
class SummaryRatings:
    """Preferences that stand in summaries, gathered while these are read: each was known when its summary was made."""

    name: str
    rows: list[RatedRow]

    def add(self, place: int, read: ReadSummary) -> None:
        said = said_by(read.preference) if read.preference else None
        if said is not None and said != "unknown":
            self.rows.append(RatedRow(place, said, read.summary.paper_id, rated_at=read.summary.made_at))

    @property
    def file(self) -> RatingFile:
        return RatingFile(self.name, "preferences in summaries", tuple(self.rows))


def month_end_in(name: str, now: datetime) -> datetime | None:
    """The last second of the month that a file is named for; of the present month its first. None without a month."""
    match = _MONTH.search(PurePosixPath(name).stem)
    if match is None:
        return None
    year, month = int(match[1]), int(match[2])
    begins = datetime(year, month, 1, tzinfo=UTC)
    if begins > now:
        return None
    ends = begins + timedelta(days=calendar.monthrange(year, month)[1], seconds=-1)
    return ends if ends <= now else begins


def with_times(files: Iterable[RatingFile], now: datetime) -> list[RatingFile]:
    """The files in the order of their months, rows without a time timed; those without a month come first.

    What a file repeats of an earlier month has the time of the earlier month.
    """
    ordered = sorted(
        files, key=lambda file: (month_end_in(file.name, now) or datetime.min.replace(tzinfo=UTC), file.name)
    )
    first_said: dict[tuple[str, str], tuple[object, datetime]] = {}
    return [replace(file, rows=_timed(file.rows, month_end_in(file.name, now), first_said)) for file in ordered]


def _timed(
    rows: Sequence[RatedRow], month_end: datetime | None, said_before: dict[tuple[str, str], tuple[object, datetime]]
) -> tuple[RatedRow, ...]:
    timed = []
    for row in rows:
        if row.rated_at is None and month_end is not None:
            key = (row.paper_id or row.damaged_id, row.title)
            said, since = said_before.get(key, (None, month_end))
            since = since if said == row.said else month_end
            said_before[key] = (row.said, since)
            row = replace(row, rated_at=since)
        timed.append(row)
    return tuple(timed)
