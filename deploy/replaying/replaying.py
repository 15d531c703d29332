"""A replay's life: begun, done, then accepted or dropped; each step may be cut off and is gone on with."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import reduce
from typing import Protocol

from pydantic import JsonValue

from deploy.replaying.names import is_the_same_work, name_of
from shared.contracts import now
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import (
    Progress,
    Replay,
    ReplayRecord,
    ReplayReport,
    ReplayRequest,
    ReplayStage,
    ReplayStore,
    Stage,
)

_OPEN = ("begun", "done", "undone")
_LOCK_SECONDS = 0.5


class Adoption(Protocol):
    """Puts settings in force, as `SettingsFile` does."""

    def before(self, changes: dict[str, JsonValue]) -> dict[str, JsonValue]: ...

    def adopt(self, changes: dict[str, JsonValue]) -> str: ...


class Replaying:
    """Replays of one data folder. `stages_of` gives the parts that services have in a stage's replay, in order."""

    def __init__(
        self,
        data: DataFolder,
        stages_of: Callable[[Stage], Sequence[ReplayStage]],
        adoption: Adoption,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.store = ReplayStore(data)
        self._data, self._stages_of, self._adoption, self._clock = data, stages_of, adoption, clock

    def forecast(self, request: ReplayRequest, name: str = "") -> ReplayReport:
        """What a replay would do; nothing is kept. Raises PapersysError where it cannot be made."""
        replay = self.store.seen(self._record(request, name or name_of(request)))
        return _joined(stage.forecast(replay) for stage in self._stages(replay))

    def run(self, request: ReplayRequest, name: str, progress: Callable[[int], Progress]) -> ReplayReport:
        """Make a replay, or go on with it, and compare; `progress` gives the progress of each part."""
        name = name or name_of(request)
        with self._alone(name):
            record = self._record(request, name)
            for stage in self._stages(self.store.seen(record)):
                stage.forecast(self.store.seen(record))
            replay = self.store.put(record)
            for number, stage in enumerate(self._stages(replay)):
                stage.run(replay, progress(number))
            report = _joined(stage.report(replay) for stage in self._stages(replay))
            self.store.put_report(replay, report)
            self.store.put(record.model_copy(update={"state": "done", "done_at": self._clock()}))
            return report

    def accept(self, name: str, progress: Callable[[int], Progress]) -> str:
        """Put what was made in the place of what stands; returns what was done. Raises PapersysError.

        Everything that may fail comes first. Cut off after that, it is gone on with by the next call.
        """
        with self._alone(name):
            replay = self.store.open(name)
            if replay.record.state == "accepted":
                return f"{name} was accepted already."
            if replay.record.state not in ("done", "accepting"):
                raise PapersysError(f"{name} is not done ({replay.record.state}); run it to its end first.")
            changes = self._settings(replay)
            if replay.record.state == "done":
                before = self._adoption.before(changes)
                for number, stage in enumerate(self._stages(replay)):
                    stage.make_ready(replay, progress(number))
                replay = self._moved(replay, state="accepting", settings_before=before)
            for stage in self._stages(replay):
                stage.swap_in(replay)
            told = self._adoption.adopt(changes) if changes else "It is in place."
            self._moved(replay, state="accepted", accepted_at=self._clock())
            return told

    def undo(self, name: str) -> str:
        """Go back from an accepted replay to what it replaced; returns what was done. Raises PapersysError."""
        with self._alone(name):
            replay = self.store.open(name)
            if replay.record.state not in ("accepted", "accepting", "undoing"):
                raise PapersysError(f"{name} was not accepted ({replay.record.state}), so there is nothing to undo.")
            replay = self._moved(replay, state="undoing")
            before = replay.record.settings_before
            told = self._adoption.adopt(before) if before else "What stood before is in place again."
            for stage in reversed(self._stages(replay)):
                stage.swap_out(replay)
            self._moved(replay, state="undone", accepted_at=None)
            return told

    def drop(self, name: str, *, force: bool = False) -> None:
        """Take a replay away. Raises PapersysError for one in use, unless `force` says that nobody will go back."""
        with self._alone(name):
            state = self.store.open(name).record.state
            if state in ("accepting", "undoing"):
                raise PapersysError(f"{name} was cut off ({state}); accept or undo it to the end first.")
            if state == "accepted" and not force:
                raise PapersysError(
                    f"{name} is in use; dropping it takes away what is kept to go back. --force does so."
                )
            self.store.remove(name)

    @staticmethod
    def name_of(request: ReplayRequest) -> str:
        """What a replay is called where nobody names it."""
        return name_of(request)

    def _record(self, request: ReplayRequest, name: str) -> ReplayRecord:
        """The record of a new replay, or of one that goes on. Raises PapersysError where that one is another's."""
        known = self.store.find(name)
        if known is None:
            return ReplayRecord(name=name, request=request, begun_at=self._clock())
        record = known.record
        if record.state not in _OPEN:
            raise PapersysError(
                f"{name} is {record.state}; give another --name, or drop it: `papersys replay drop {name}`."
            )
        if not is_the_same_work(record.request, request):
            raise PapersysError(f"There is a replay {name} of something else; give another --name, or drop that one.")
        return record.model_copy(update={"request": request, "state": "begun", "done_at": None})

    def _moved(self, replay: Replay, **changes: object) -> Replay:
        return self.store.put(replay.record.model_copy(update=changes))

    def _settings(self, replay: Replay) -> dict[str, JsonValue]:
        return reduce(lambda known, stage: {**known, **stage.settings(replay)}, self._stages(replay), {})

    def _stages(self, replay: Replay) -> Sequence[ReplayStage]:
        return self._stages_of(replay.request.stage)

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """One process at a time works on a replay. Raises PapersysError."""
        try:
            with self._data.lock(f"replay-{name}", _LOCK_SECONDS):
                yield
        except TemporaryFailure as error:
            if "Another process" not in str(error):
                raise
            raise PapersysError(f"Another process works on {name}; wait until it has ended.") from error


def _joined(reports: Iterator[ReplayReport]) -> ReplayReport:
    return reduce(lambda first, second: first.joined(second), reports, ReplayReport())
