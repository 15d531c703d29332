"""A change of the settings on its way from the Setup page to the launcher: `state/setup/`.

The publisher writes `change.json`; the launcher, which alone knows every section, takes it, checks it, puts it in
force and writes `outcome.json`. `likes.json` holds papers that the Setup page was given, until they are rated: they
wait in the data folder that is in use afterwards, which need not be the one in use before.
"""

import asyncio
import contextlib
import time
import uuid
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.contracts import DEFAULT_USER
from shared.paper_ids import PaperId
from shared.store.files.data_folder import DataFolder

_LOOK_SECONDS = 0.1
M = TypeVar("M", bound=BaseModel)


class PendingFile(BaseModel):
    """A file of ratings, imported once papersys runs."""

    model_config = ConfigDict(frozen=True)

    name: str
    text: str
    upload_id: str = Field(default_factory=lambda: uuid.uuid4().hex)


class PendingLikes(BaseModel):
    """Papers that somebody said to like, and files of ratings."""

    model_config = ConfigDict(frozen=True)

    paper_ids: tuple[PaperId, ...] = ()
    files: tuple[PendingFile, ...] = ()
    user: str = DEFAULT_USER
    batch_id: str = Field(default_factory=lambda: uuid.uuid4().hex)


class SettingsChange(BaseModel):
    """The whole text of a settings file, and likes to keep beside it. Without a text the settings stay as they are.

    `restarts` are services that start again whatever changed: their data did.
    """

    model_config = ConfigDict(frozen=True)

    change_id: str = Field(default_factory=lambda: uuid.uuid4().hex)
    text: str = ""
    likes: PendingLikes = PendingLikes()
    restarts: tuple[str, ...] = ()


class ChangeOutcome(BaseModel):
    """What came of a change: why it was refused, or the file that has it now and the programs that start again."""

    model_config = ConfigDict(frozen=True)

    change_id: str
    problem: str = ""
    path: str = ""
    restarts: tuple[str, ...] = ()
    is_new_start: bool = False


class SettingsChanges:
    """The mailbox of one data folder. One change at a time: a newer one takes the place of one that waits."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._change = data.path("state", "setup", "change.json")
        self._taken = data.path("state", "setup", "change-taken.json")
        self._outcome = data.path("state", "setup", "outcome.json")
        self._likes = data.path("state", "setup", "likes.json")

    def submit(self, change: SettingsChange) -> None:
        """Raises TemporaryFailure when the disk is full."""
        self._data.write_text(self._change, change.model_dump_json() + "\n")

    def take(self) -> SettingsChange | None:
        """The change that waits, which nobody gets twice; None where none waits, or none that can be read."""
        try:
            self._change.replace(self._taken)  # in one step, so that one that is submitted meanwhile is not lost
        except OSError:
            return None
        change = self._read("_taken", SettingsChange)
        self._taken.unlink(missing_ok=True)
        return change

    def answer(self, outcome: ChangeOutcome) -> None:
        self._data.write_text(self._outcome, outcome.model_dump_json() + "\n")

    async def outcome_of(self, change: SettingsChange, seconds: float) -> ChangeOutcome | None:
        """What came of a change; None where nobody answered in time, and then the change waits no longer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            outcome = await asyncio.to_thread(self._read, "_outcome", ChangeOutcome)
            if outcome is not None and outcome.change_id == change.change_id:
                return outcome
            await asyncio.sleep(_LOOK_SECONDS)
        self.take()
        return None

    def likes(self) -> PendingLikes | None:
        """Likes that wait; None where there are none."""
        likes = self._read("_likes", PendingLikes)
        return likes if likes is not None and (likes.paper_ids or likes.files) else None

    def add_likes(self, likes: PendingLikes) -> None:
        """Put these with those that wait."""
        before = self.likes()
        if likes.paper_ids or likes.files:
            ids = dict.fromkeys((*(before.paper_ids if before else ()), *likes.paper_ids))
            files = (*(before.files if before else ()), *likes.files)
            merged = likes.model_copy(update={"paper_ids": tuple(ids), "files": files})
            self._data.write_text(self._likes, merged.model_dump_json() + "\n")

    def forget_likes(self) -> None:
        """They are rated."""
        self._likes.unlink(missing_ok=True)

    def _read(self, name: str, kind: type[M]) -> M | None:
        path = getattr(self, name)
        with contextlib.suppress(OSError, ValidationError):
            return kind.model_validate_json(path.read_bytes())
        return None
