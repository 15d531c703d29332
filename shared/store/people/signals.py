"""Papers saved, skipped, opened and read: `signals/<YYYY-MM>.csv`, append-only, by month. Written by feedback.

Nothing is overwritten; of a word and the one that takes it back, the user's newest about a paper wins. Files are read
on from where the last reading ended, because many readers' signals come in all day.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from itertools import starmap
from operator import attrgetter
from pathlib import Path
from typing import cast, get_args

from shared.contracts import DEFAULT_USER, MOST_READ_SECONDS, KeepSignal, SignalKind
from shared.paper_ids import parse_paper_id
from shared.store.files.appended_text import AppendedText
from shared.store.files.csv_lines import cells_of, dump_rows, latest_moment, read_moment, read_rows
from shared.store.files.data_folder import DataFolder, whole_lines

log = logging.getLogger(__name__)

TAKEN_BACK: Mapping[str, SignalKind] = {"save": "unsave", "skip": "unskip", "open": "unopen"}
"""The word that takes another back."""
OPPOSITES: Mapping[str, SignalKind] = {**TAKEN_BACK, "unsave": "save", "unskip": "skip", "unopen": "open"}


@dataclass(frozen=True, slots=True)
class Signal:
    """One word of a user on one paper; `occurred_at` is aware; `value` are the seconds of a `read`."""

    event_id: str
    user: str
    paper_id: str
    kind: SignalKind
    source: str
    occurred_at: datetime
    value: float = 0.0


COLUMNS = tuple(column.name for column in fields(Signal))
_ADDED = ("value",)
"""Columns that the files of an older papersys lack."""


def signals_of(request: KeepSignal) -> list[Signal]:
    """One signal a paper."""
    return [
        Signal(
            request.event_id, request.user, paper_id, request.kind, request.source, request.occurred_at, request.value
        )
        for paper_id in request.paper_ids
    ]


class SignalStore:
    """All signals of all users. Safe to use from several threads."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._turn = threading.Lock()
        self._logged: set[tuple[Path, int]] = set()
        self._texts: dict[Path, AppendedText] = {}
        self._by_user: dict[str, list[Signal]] = defaultdict(list)
        self._readings = 0

    def append(self, signals: Iterable[Signal]) -> int:
        """Store signals that are not stored yet (by event and paper); returns how many that were."""
        with self._data.lock("signals"):
            by_path: dict[Path, list[Signal]] = defaultdict(list)
            for signal in signals:
                if not self._has(signal):
                    by_path[self._path(signal)].append(signal)
            return sum(starmap(self._append, by_path.items()))

    def all(self, user: str = DEFAULT_USER) -> list[Signal]:
        """A user's signals, oldest first."""
        with self._turn:
            self._refresh()
            return sorted(self._by_user.get(user, ()), key=attrgetter("occurred_at"))

    def current(self, kind: SignalKind, user: str = DEFAULT_USER) -> dict[str, Signal]:
        """The papers about which the newest word is `kind` (`save`, `skip` or `open`), the newest last."""
        return standing(self.all(user), kind)

    def users(self) -> set[str]:
        with self._turn:
            self._refresh()
            return set(self._by_user)

    def count(self) -> int:
        """How many signals there are, of all users."""
        with self._turn:
            self._refresh()
            return sum(map(len, self._by_user.values()))

    def fingerprint(self, user: str = DEFAULT_USER) -> str:
        """Changes whenever a signal of the user is added, or the files are written anew."""
        with self._turn:
            self._refresh()
            return f"{self._readings}:{len(self._by_user.get(user, ()))}"

    def _append(self, path: Path, signals: list[Signal]) -> int:
        is_new = path not in self._texts or not self._texts[path].lines
        self._add_columns(path)
        self._data.append_lines(path, dump_rows(map(cells_of_signal, signals), COLUMNS, with_header=is_new))
        return len(signals)

    def _add_columns(self, path: Path) -> None:
        """A file of an older papersys gets today's columns before today's lines, so that all its lines are alike."""
        lines = whole_lines(path).split("\n")
        names = tuple(cells_of(lines[0]))
        if names and not {*_ADDED} & {*names} and {*COLUMNS} - {*_ADDED} <= {*names}:
            rest = [f"{line}," if len(cells_of(line)) == len(names) else line for line in lines[1:]]
            self._data.write_text(path, "\n".join([",".join([*names, *_ADDED]), *rest]))

    def _has(self, signal: Signal) -> bool:
        key = signal.event_id, signal.paper_id
        with self._turn:
            self._refresh()
            return any((stored.event_id, stored.paper_id) == key for stored in self._by_user.get(signal.user, ()))

    def _path(self, signal: Signal) -> Path:
        return self._data.path("signals", f"{signal.occurred_at:%Y-%m}.csv")

    def _refresh(self) -> None:
        """Read what was appended; all of it again where a file was written anew, or is gone."""
        paths = sorted(self._data.path("signals").glob("????-??.csv"))
        if any(path not in paths or text.was_replaced() for path, text in self._texts.items()):
            self._texts.clear()
            self._by_user.clear()
            self._readings += 1
        for path in paths:
            self._read_on(path, self._texts.setdefault(path, AppendedText(path)))

    def _read_on(self, path: Path, text: AppendedText) -> None:
        first_number = text.lines + 1
        if not (appended := text.read_on()):
            return
        latest = latest_moment(path)
        for number, row in read_rows(appended, COLUMNS, first_number=first_number, added=_ADDED):
            try:
                signal = signal_of_row(row, latest)
            except (KeyError, ValueError, TypeError, OverflowError) as problem:
                self._log_unreadable(path, number, problem)
            else:
                self._by_user[signal.user].append(signal)

    def _log_unreadable(self, path: Path, number: int, problem: Exception) -> None:
        """Say once what is wrong with a line."""
        if (path, number) not in self._logged:
            self._logged.add((path, number))
            text = "%s, line %d, cannot be read and is left out: %s; mend or remove the line."
            log.error(text, path, number, problem, extra={"action": "signal_unreadable"})


def standing(signals: Iterable[Signal], kind: SignalKind) -> dict[str, Signal]:
    """The papers about which the newest word is `kind`, not the one that takes it back; `signals` oldest first."""
    newest: dict[str, Signal] = {}
    for signal in signals:
        if signal.kind in (kind, OPPOSITES.get(kind)):
            newest.pop(signal.paper_id, None)
            newest[signal.paper_id] = signal
    return {paper_id: signal for paper_id, signal in newest.items() if signal.kind == kind}


def signal_of_row(row: Mapping[str, str], latest: datetime) -> Signal:
    """A signal of cells by column. Raises KeyError, ValueError, TypeError and OverflowError for what is none."""
    if row["kind"] not in get_args(SignalKind):
        raise ValueError(f"{row['kind']!r} is no signal")
    return Signal(
        row["event_id"],
        row["user"],
        parse_paper_id(row["paper_id"]),
        cast(SignalKind, row["kind"]),
        row["source"],
        read_moment(row["occurred_at"], latest),
        _seconds(row.get("value") or "0"),
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= MOST_READ_SECONDS:
        raise ValueError(f"{text} is no time in seconds, of up to {MOST_READ_SECONDS:g}")
    return seconds


def cells_of_signal(signal: Signal) -> Iterable[object]:
    *cells, value = astuple(signal)
    return (*cells, f"{value:g}" if value else "")
