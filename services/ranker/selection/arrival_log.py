"""The log of arrivals: `state/ranker/arrivals/<run>.jsonl`, what is known of each run, appended line by line.

A run of many thousands of papers comes in hundreds of events: each is written once. Before that, a run was one JSON
object, `<run>.json`; such a file stays, is read first, and what comes later is appended beside it.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from services.ranker.selection.arrivals import NO_RUN, ArrivalRecord, Arrivals
from shared.contracts import DEFAULT_USER, EmbeddingsReady
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_READ_BACK_SECONDS = 60 * 86_400


class _Head(BaseModel):
    """The first line of a run's file."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    user: str = DEFAULT_USER
    first_at: AwareDatetime


class _OldRun(_Head, ArrivalRecord):
    """A run as one object, as it was kept before."""


class ArrivalLog:
    """All runs of which something arrived. One process writes it; it is kept in memory and on disk.

    Runs without an event in the two months before the newest are read only when an event names them again.
    """

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._folder = data.path("state", "ranker", "arrivals")
        self._runs: dict[str, Arrivals] = {}

    def load(self) -> None:
        """Read what was noted before. What cannot be read is set aside, which the log says."""
        runs = [self._read(key) for key in sorted(self._recent_keys())]
        self._runs = {run.key: run for run in runs if run is not None}

    def note(self, event: EmbeddingsReady, now: datetime) -> Arrivals:
        """Keep what an event says, durably."""
        fresh = Arrivals(run_id=event.run_id or NO_RUN, user=event.user, first_at=now)
        run = self._runs.get(fresh.key) or self._read(fresh.key) or fresh
        record = run.record_of(event)
        if record is not None or run is fresh:
            self._append(run, record or ArrivalRecord())
        self._runs[run.key] = run
        return run

    def close(self, run: Arrivals) -> None:
        """Mark that a run was selected from."""
        if not run.closed:
            self._append(run, ArrivalRecord(closed=True))

    def mark_considered(self, runs: Iterable[Arrivals], left: Iterable[str]) -> None:
        """Mark that a selection considered all waiting papers of these runs but those that are `left`."""
        still = set(left)
        for run in runs:
            if run.waiting - still:
                self._append(run, ArrivalRecord(left=tuple(sorted(run.waiting & still))))

    def runs(self) -> list[Arrivals]:
        """Every run, oldest first."""
        runs = list(self._runs.values())  # a copy: another thread may note a new run meanwhile
        return sorted(runs, key=lambda run: (run.first_at, run.run_id))

    def _recent_keys(self) -> set[str]:
        """The runs with a recent event, and the papers without a run."""
        changed = {path: path.stat().st_mtime for path in self._folder.glob("*.json*")}
        since = max(changed.values(), default=0.0) - _READ_BACK_SECONDS
        keys = {path.stem for path, at in changed.items() if path.suffix in (".json", ".jsonl") and at >= since}
        return keys | {path.stem for path in changed if path.stem.startswith("without-run")}

    def _append(self, run: Arrivals, record: ArrivalRecord) -> None:
        path = self._folder / f"{run.key}.jsonl"
        head = "" if _has_head(path) else _line(_Head(run_id=run.run_id, user=run.user, first_at=run.first_at))
        self._data.append_lines(path, head + _line(record))
        run.learn(record)

    def _read(self, key: str) -> Arrivals | None:
        old, path = self._folder / f"{key}.json", self._folder / f"{key}.jsonl"
        run = self._read_old(old) if old.exists() else None
        return self._read_lines(path, run) if path.exists() else run

    def _read_old(self, path: Path) -> Arrivals | None:
        try:
            whole = _OldRun.model_validate_json(path.read_text("utf-8"))
        except ValueError as error:
            _set_aside(path, error)
            return None
        run = Arrivals(run_id=whole.run_id, user=whole.user, first_at=whole.first_at)
        run.learn(whole)
        return run

    def _read_lines(self, path: Path, run: Arrivals | None) -> Arrivals | None:
        first, *lines = _lines(path)
        try:
            head = _Head.model_validate_json(first)
        except ValueError as error:
            _set_aside(path, error)
            return run
        run = run or Arrivals(run_id=head.run_id, user=head.user, first_at=head.first_at)
        for number, line in enumerate(lines, 2):
            try:
                run.learn(ArrivalRecord.model_validate_json(line))
            except ValidationError as error:
                text = "Line %d of %s cannot be read and is passed over: %s"
                log.error(text, number, path, _brief(error), extra={"action": "arrivals_unreadable"})
        return run


def _has_head(path: Path) -> bool:
    """Whether a file has a first line; one that was torn while it was written is none."""
    try:
        with path.open("rb") as file:
            return file.readline().endswith(b"\n")
    except FileNotFoundError:
        return False


def _lines(path: Path) -> list[bytes]:
    """The lines of a file, without a torn last one; a file without any has one empty line."""
    return path.read_bytes().split(b"\n")[:-1] or [b""]


def _line(content: BaseModel) -> str:
    return json.dumps(content.model_dump(mode="json", exclude_defaults=True)) + "\n"


def _set_aside(path: Path, error: ValueError) -> None:
    aside = path.rename(path.with_suffix(".unreadable"))
    text = "What arrived of a run could not be read (%s) and lies in %s now; its papers need another run."
    log.error(text, _brief(error), aside, extra={"action": "arrivals_unreadable"})


def _brief(error: ValueError) -> str:
    return " ".join(str(error).split())[:200]
