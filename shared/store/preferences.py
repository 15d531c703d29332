"""The owner's verdicts: `preferences/events-<YYYY>.csv`, append-only, by year of the verdict. Written by feedback.

Nothing is overwritten; the newest word of the owner wins.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import cast

from shared.contracts import DEFAULT_USER, FeedbackLabel, Label
from shared.errors import PapersysError
from shared.store.files import DataFolder, whole_lines


@dataclass(frozen=True, slots=True)
class Verdict:
    """One word of a user on one paper; `occurred_at` is aware and UTC."""

    event_id: str
    paper_id: str
    user: str
    label: Label
    source: str
    actor: str
    weight: float
    occurred_at: datetime


COLUMNS = tuple(column.name for column in fields(Verdict))


def verdicts_of(event: FeedbackLabel) -> list[Verdict]:
    """One verdict a paper."""
    return [
        Verdict(
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


class VerdictStore:
    """All verdicts that were ever given."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def append(self, verdicts: Iterable[Verdict]) -> int:
        """Store verdicts that are not stored yet (by event and paper); returns how many that were."""
        by_year: dict[int, list[Verdict]] = defaultdict(list)
        for verdict in verdicts:
            by_year[verdict.occurred_at.year].append(verdict)
        stored = 0
        with self._data.lock("preferences"):
            for year, incoming in by_year.items():
                path = self._data.path("preferences", f"events-{year}.csv")
                known = {(verdict.event_id, verdict.paper_id) for verdict in _read(path)}
                fresh = [verdict for verdict in incoming if (verdict.event_id, verdict.paper_id) not in known]
                if fresh:
                    self._data.append_lines(path, _lines(fresh, with_header=not whole_lines(path)))
                stored += len(fresh)
        return stored

    def all(self, user: str = DEFAULT_USER) -> list[Verdict]:
        """A user's verdicts, oldest first."""
        verdicts = [verdict for path in self._paths() for verdict in _read(path) if verdict.user == user]
        return sorted(verdicts, key=lambda verdict: verdict.occurred_at)

    def current(self, user: str = DEFAULT_USER, as_of: datetime | None = None) -> dict[str, Verdict]:
        """A user's standing likes and dislikes by paper, at a moment (now); what was cleared is absent."""
        newest: dict[str, Verdict] = {}
        for verdict in self.all(user):
            if as_of is None or verdict.occurred_at <= as_of:
                newest.pop(verdict.paper_id, None)
                newest[verdict.paper_id] = verdict
        return {paper_id: verdict for paper_id, verdict in newest.items() if verdict.label != "clear"}

    def users(self) -> set[str]:
        return {verdict.user for path in self._paths() for verdict in _read(path)}

    def count(self) -> int:
        """How many words were said, by all users."""
        return sum(len(_read(path)) for path in self._paths())

    def fingerprint(self) -> str:
        """Changes whenever a verdict is added; costs only a look at the files' sizes."""
        return ";".join(f"{path.name}:{path.stat().st_size}" for path in self._paths())

    def _paths(self) -> list[Path]:
        return sorted(self._data.path("preferences").glob("events-????.csv"))


def _read(path: Path) -> list[Verdict]:
    rows = csv.DictReader(io.StringIO(whole_lines(path), newline=""))
    try:
        return [
            Verdict(
                row["event_id"],
                row["paper_id"],
                row["user"],
                cast(Label, row["label"]),
                row["source"],
                row["actor"],
                float(row["weight"]),
                datetime.fromisoformat(row["occurred_at"]),
            )
            for row in rows
        ]
    except (KeyError, ValueError, TypeError) as error:
        raise PapersysError(
            f"{path}, line {rows.line_num}, cannot be read: {error}; mend or remove the line."
        ) from error


def _lines(verdicts: list[Verdict], *, with_header: bool) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    if with_header:
        writer.writerow(COLUMNS)
    for verdict in verdicts:
        cells = [cell.isoformat() if isinstance(cell, datetime) else _one_line(cell) for cell in astuple(verdict)]
        writer.writerow(cells)
    return out.getvalue()


def _one_line(value: object) -> str:
    """A cell without line ends, so that a line is a record and a torn one can be told."""
    return " ".join(str(value).split()) if isinstance(value, str) else str(value)
