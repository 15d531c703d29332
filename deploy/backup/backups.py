"""Making, keeping and checking backups; what came of it is recorded for the Status page."""

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from deploy.backup.events_under_way import FILE as EVENTS_FILE
from deploy.backup.events_under_way import EventsUnderWay
from deploy.backup.restic import Restic
from deploy.backup.seed_files import copy_seed_files
from deploy.backup.staging import Staged, staged_folder
from shared.contracts import now
from shared.errors import PapersysError, TemporaryFailure, reason
from shared.settings.sections.backup import BackupSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.backups import BackupRecord, BackupRecords
from shared.store.keeping.folder_version import FolderVersion, read_folder_version, write_folder_version
from shared.text.safe.plain_text import without_credentials
from shared.version import papersys_version

_PRUNE_EVERY = timedelta(days=7)
_NICE = 10
SETTINGS_COPY = "papersys.toml"


@dataclass
class Backups:
    """The backups of one data folder; `settings_file` goes with it, which holds no secret, the files among `seeds`, and
    `events` under way.
    """

    data: DataFolder
    settings: BackupSettings
    settings_file: Path | None = None
    events: EventsUnderWay | None = None
    seeds: Sequence[str] = ()
    clock: Callable[[], datetime] = now

    def __post_init__(self) -> None:
        self.restic = Restic(self.settings, self.data.path("cache", "restic"))
        self.records = BackupRecords(self.data)

    def make(self, why: str = "by hand") -> BackupRecord:
        """Make a backup, drop what need not be kept. Raises PapersysError, which is recorded too."""
        with self._alone():
            try:
                record = self._made(why)
            except (PapersysError, OSError) as error:
                self._note_failure(error)
                raise
            self.records.write(record)
            self._tidy(record)
            return self.records.last()

    def check(self, percent: float | None = None) -> BackupRecord:
        """Check the repository. Raises PapersysError, which is recorded too."""
        with self._alone():
            record = self._last().model_copy(update={"check_tried_at": self.clock()})
            try:
                self.restic.unlock()
                self.restic.check(self.settings.check_percent if percent is None else percent)
            except PapersysError as error:
                self.records.write(record.model_copy(update={"check_problem": reason(error)}))
                raise
            record = record.model_copy(update={"checked_at": self.clock(), "check_problem": ""})
            self.records.write(record)
            return record

    def _made(self, why: str) -> BackupRecord:
        started, at = time.monotonic(), self.clock()
        self.settings.known_password()
        refuse_inside(self.settings, self.data)
        folder_id = self._folder_id()
        if self.events:
            self.events.begin()
        with staged_folder(self.data, documents=self.settings.documents) as (folder, staged):
            self._add_settings(folder)
            staged.unreadable += copy_seed_files(self.seeds, folder)
            self._add_events(folder / "data")
            saved, problem = self.restic.save(
                folder, host=socket.gethostname(), folder_id=folder_id, version=papersys_version(), why=why
            )
        return self._last().model_copy(
            update={
                "made_at": at,
                "tried_at": at,
                "snapshot": saved.snapshot_id[:8],
                "files": saved.total_files_processed,
                "size": saved.total_bytes_processed,
                "added": saved.data_added,
                "seconds": round(time.monotonic() - started, 1),
                "remark": _remark(staged, problem),
                "problem": "",
                "failures": 0,
            }
        )

    def _add_settings(self, folder: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            if self.settings_file is not None:
                (folder / SETTINGS_COPY).write_bytes(self.settings_file.read_bytes())

    def _add_events(self, data: Path) -> None:
        """Those that a folder that was restored and never started brought along stay with it."""
        if self.events and (lines := self.events.lines()):
            path = data.joinpath(*EVENTS_FILE)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.write_text(lines, "utf-8")

    def _tidy(self, record: BackupRecord) -> None:
        """The backup stands whatever comes of this."""
        try:
            self.restic.unlock()
            forgotten = self.restic.forget(self._folder_id())
            since = None if record.pruned_at is None else self.clock() - record.pruned_at
            is_time = since is None or since > _PRUNE_EVERY or since < timedelta()  # noted by a clock that was ahead
            if is_time and (forgotten or record.pruned_at):
                self.restic.prune()
            if is_time:
                self.records.write(record.model_copy(update={"pruned_at": self.clock()}))
        except PapersysError as error:
            self.records.write(record.model_copy(update={"remark": f"older backups could not be dropped: {error}"}))

    def _note_failure(self, error: Exception) -> None:
        record = self._last()
        facts = {"tried_at": self.clock(), "problem": reason(error), "failures": record.failures + 1}
        with contextlib.suppress(PapersysError):
            self.records.write(record.model_copy(update=facts))

    def _folder_id(self) -> str:
        """What tells this folder's backups from others in the same repository; noted where no launcher has done so."""
        version = read_folder_version(self.data.root)
        if version is None:
            version = FolderVersion(layout=0, written_by=papersys_version())
            write_folder_version(self.data, version)
        return version.folder_id

    def _last(self) -> BackupRecord:
        """The record, begun anew where the backups go elsewhere now."""
        where, record = without_credentials(self.settings.repository or ""), self.records.last()
        return record if record.repository == where else BackupRecord(repository=where)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One backup or check at a time. Raises TemporaryFailure while there is another."""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(self.data.lock("backup", wait_seconds=1.0))
            except TemporaryFailure:
                raise TemporaryFailure("Another backup or check is under way; wait until it has ended.") from None
            yield


def work_in_the_background() -> None:
    """Leave processor and disk to others first."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICE)


def refuse_inside(settings: BackupSettings, data: DataFolder) -> None:
    """Raises PapersysError for a repository within the folder that it is to save."""
    if settings.folder is not None and settings.folder.is_relative_to(data.root):
        raise PapersysError(
            f"The backups in {settings.folder} would lie within the data folder {data.root} and be lost with it; "
            "set backup.repository to a folder on another disk, or to another machine."
        )


def _remark(staged: Staged, problem: str) -> str:
    return "; ".join(filter(None, (staged.remark, problem)))
