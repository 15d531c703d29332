"""Replays: `replays/<name>/`, a stage done again over history beside what stands. Written by `papersys replay`.

`replay.json` says what is replayed and how far it has come, `report.json` how it differs from what stands. What the
stage made lies beside them in folders of the usual names (`embeddings/`, `summaries/`, `tags/`, `links/`), `before/`
and `after/` have what was compared with it, and `replaced/` what an accepted replay took the place of.
"""

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue, ValidationError

from shared.errors import PapersysError
from shared.paper_ids import month_of
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_names import file_name, hashed_name

if TYPE_CHECKING:  # numpy takes a command that lists replays longer than all else
    from shared.store.vectors.embeddings import Matrix

Stage = Literal["embed", "rank", "summarize", "tags", "links"]
ReplayState = Literal["begun", "done", "accepting", "accepted", "undoing", "undone"]
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")

Progress = Callable[[int, int], None]
"""Called with what is done and what there is to do."""

EncodeTexts = Callable[[str, Sequence[str], Literal["query", "passage"]], "Matrix"]
"""Vectors of texts by the model of an alias: a row for each text, float32, length 1. Raises PapersysError."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ReplayRequest(_Part):
    """What is done again: a stage, from a day to a day (None: all of history), with what is changed.

    `model` is the alias of an embedding model, or the name of a language model in the settings; `changes` are settings
    of the stage's section by their key, as JSON. `users`: whose picks are compared; none: everybody's. `most_cost`
    caps what calls to language models may cost.
    """

    stage: Stage
    first_day: date | None = None
    last_day: date | None = None
    model: str = ""
    changes: dict[str, JsonValue] = {}
    users: tuple[str, ...] = ()
    most_cost: float | None = None
    prompts: str = ""

    def has_day(self, day: date) -> bool:
        """Whether a day lies in the period."""
        return (self.first_day is None or day >= self.first_day) and (self.last_day is None or day <= self.last_day)

    def has_month_of(self, paper_id: str) -> bool:
        """Whether a paper's month lies in the period, or reaches into it."""
        month = month_of(paper_id)
        return (self.first_day is None or month >= f"{self.first_day:%Y-%m}") and (
            self.last_day is None or month <= f"{self.last_day:%Y-%m}"
        )

    @property
    def is_everything(self) -> bool:
        return self.first_day is None and self.last_day is None


class ReplayRecord(_Part):
    """How far a replay has come. `settings_before` are the values that an accepted one replaced, None where unset."""

    name: str
    request: ReplayRequest
    state: ReplayState = "begun"
    begun_at: AwareDatetime
    done_at: AwareDatetime | None = None
    accepted_at: AwareDatetime | None = None
    settings_before: dict[str, JsonValue] = {}


class ReplayReport(_Part):
    """How a replay differs from what stands: sentences for people, figures for programs."""

    lines: tuple[str, ...] = ()
    figures: dict[str, JsonValue] = {}

    def without(self, user: str) -> "ReplayReport":
        """The report without what it says of a user: the line that begins with the name, and those below it."""
        kept, is_theirs = [], False
        for line in self.lines:
            is_theirs = line.startswith(f"{user}: ") or (is_theirs and line.startswith(" "))
            kept += [] if is_theirs else [line]
        return ReplayReport(lines=tuple(kept), figures={key: told for key, told in self.figures.items() if key != user})

    def joined(self, other: "ReplayReport") -> "ReplayReport":
        return ReplayReport(lines=(*self.lines, *other.lines), figures={**self.figures, **other.figures})


@dataclass(frozen=True)
class Replay:
    """One replay at work: `data` is what stands, `own` the folder with what is made beside it."""

    record: ReplayRecord
    data: DataFolder
    own: DataFolder

    @property
    def request(self) -> ReplayRequest:
        return self.record.request


class ReplayStage(Protocol):
    """What a service lends for the replay of its stage. Everything may be called again after a kill."""

    def forecast(self, replay: Replay) -> ReplayReport:
        """What is left to do and what it takes, before anything is done. Raises PapersysError where it cannot be."""

    def run(self, replay: Replay, progress: Progress) -> None:
        """Do what is left. Raises PapersysError."""

    def report(self, replay: Replay) -> ReplayReport:
        """How what was made differs from what stands."""

    def make_ready(self, replay: Replay, progress: Progress) -> None:
        """The last work before it takes the place of what stands. Raises PapersysError where it cannot."""

    def swap_in(self, replay: Replay) -> None:
        """Put what was made in the place of what stands, which is kept in the replay's folder."""

    def swap_out(self, replay: Replay) -> None:
        """The other way round."""

    def settings(self, replay: Replay) -> dict[str, JsonValue]:
        """The settings, by dotted key, that new papers need from then on."""


class ReplayStore:
    """All replays of a data folder."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def open(self, name: str) -> Replay:
        """A replay that there is. Raises PapersysError."""
        record = self._read(name)
        if record is None:
            names = ", ".join(other.name for other in self.all()) or "none"
            raise PapersysError(f"There is no replay {name!r}; there are: {names}.")
        return self.seen(record)

    def find(self, name: str) -> Replay | None:
        record = self._read(name)
        return None if record is None else self.seen(record)

    def all(self) -> list[ReplayRecord]:
        """Every replay that can be read, oldest first."""
        names = [path.parent.name for path in self._data.path("replays").glob("*/replay.json")]
        records = [record for name in names if (record := self._read(name)) is not None]
        return sorted(records, key=lambda record: (record.begun_at, record.name))

    def seen(self, record: ReplayRecord) -> Replay:
        """A replay as a record has it; nothing is written."""
        return Replay(record, self._data, self._folder(record.name))

    def put(self, record: ReplayRecord) -> Replay:
        """Keep how far a replay has come."""
        replay = self.seen(record)
        self._data.write_text(replay.own.path("replay.json"), record.model_dump_json(indent=1) + "\n")
        return replay

    def put_report(self, replay: Replay, report: ReplayReport) -> None:
        self._data.write_text(replay.own.path("report.json"), report.model_dump_json(indent=1) + "\n")

    def report(self, name: str) -> ReplayReport | None:
        """How a replay differs; None where it is not done."""
        try:
            return ReplayReport.model_validate_json(self._folder(name).path("report.json").read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def remove(self, name: str) -> None:
        """Take a replay away with all that it made; its record goes first, so that half of one is none."""
        folder = self._folder(name).root
        (folder / "replay.json").unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)

    def forget(self, user: str) -> int:
        """Take a user out of all replays; returns of how many. One that is theirs alone, and not in use, goes."""
        return sum(self._forget_in(record, user) for record in self.all())

    def _forget_in(self, record: ReplayRecord, user: str) -> bool:
        others = tuple(name for name in record.request.users if name != user)
        if record.request.users and not others and record.state in ("begun", "done", "undone"):
            self.remove(record.name)
            return True
        folders = [path for path in self._folder(record.name).root.glob("**/*") if path.is_dir() and _is_of(path, user)]
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        report = self.report(record.name)
        told = report.without(user) if report is not None else None
        if told is not None and told != report:
            self.put_report(self.seen(record), told)
        if others != record.request.users:
            self.put(record.model_copy(update={"request": record.request.model_copy(update={"users": others})}))
        return bool(folders) or told != report or others != record.request.users

    def _folder(self, name: str) -> DataFolder:
        if not _NAME.fullmatch(name):
            raise PapersysError(f"{name!r} cannot be the name of a replay: small letters, digits, '-', '_' and '.'.")
        return self._data.within("replays", name)

    def _read(self, name: str) -> ReplayRecord | None:
        path = self._folder(name).path("replay.json")
        try:
            return ReplayRecord.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise PapersysError(f"{path} cannot be read ({error.errors()[0]['msg']}); mend or remove it.") from error


def _is_of(folder: Path, user: str) -> bool:
    """Whether a folder below a replay is a user's: of selections, or of models."""
    return folder.parent.name in ("users", "ranker") and folder.name in (file_name(user), hashed_name(user))
