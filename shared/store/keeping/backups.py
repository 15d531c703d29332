"""What is known of backups: `state/backup/last.json`, written by `papersys backup`, which holds the lock `backup`."""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.settings.sections.backup import BackupSettings
from shared.store.files.data_folder import DataFolder
from shared.text.safe.plain_text import without_credentials

log = logging.getLogger(__name__)

_LATE_AFTER = 2.0
"""Intervals without a backup after which that is a problem: a machine that sleeps at night is none."""


class BackupRecord(BaseModel):
    """`made_at`, `snapshot`, `files` and the bytes are of the last backup that succeeded; `problem` is why the last of
    `failures` attempts since then did not, `remark` what a successful one had to leave out. `checked_at` is when the
    repository was last found sound, `check_problem` what the last check found otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    repository: str = ""
    made_at: AwareDatetime | None = None
    snapshot: str = ""
    files: int = 0
    size: int = 0
    added: int = 0
    seconds: float = 0.0
    remark: str = ""
    tried_at: AwareDatetime | None = None
    problem: str = ""
    failures: int = 0
    checked_at: AwareDatetime | None = None
    check_tried_at: AwareDatetime | None = None
    check_problem: str = ""
    pruned_at: AwareDatetime | None = None


class BackupState(NamedTuple):
    """What a person is told: one sentence, and problems that want something done."""

    sentence: str
    problems: tuple[str, ...] = ()


class BackupRecords:
    """The record of a data folder; one that cannot be read counts as none."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("state", "backup", "last.json")

    def last(self) -> BackupRecord:
        try:
            return BackupRecord.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return BackupRecord()
        except (OSError, ValidationError) as error:
            log.warning("%s cannot be read: %s", self._path, error, extra={"action": "backup_state_unreadable"})
            return BackupRecord()

    def write(self, record: BackupRecord) -> None:
        self._data.write_text(self._path, record.model_dump_json(indent=1) + "\n")


def backup_state(record: BackupRecord, settings: BackupSettings, at: datetime) -> BackupState:
    """The state of the backups that the settings ask for."""
    if settings.repository is None:
        return BackupState("No backups are made; `papersys backup init FOLDER` sets them up.")
    where = without_credentials(settings.repository)
    record = record if record.repository == where else BackupRecord()
    if record.made_at is None:
        waiting = "none yet" if not settings.every_hours else "none yet; the first is made while papersys runs"
        return BackupState(f"Backups to {where}: {waiting}.", _problems(record, settings, at))
    text = f"Last backup {record.made_at:%Y-%m-%d %H:%M} UTC to {where}: {record.files:,} files, {_in_mb(record.size)}"
    text += f" ({_in_mb(record.added)} new)"
    checked = f"; last checked {record.checked_at:%Y-%m-%d}" if record.checked_at else ""
    return BackupState(f"{text}{checked}.", _problems(record, settings, at))


def _problems(record: BackupRecord, settings: BackupSettings, at: datetime) -> tuple[str, ...]:
    late = timedelta(hours=_LATE_AFTER * settings.every_hours)
    found = []
    if record.problem:
        found.append(f"The last backup failed: {record.problem}")
    elif settings.every_hours and record.made_at and at - record.made_at > late:
        days = (at - record.made_at).total_seconds() / 86_400
        found.append(f"The last backup is {days:.1f} days old; one is due every {settings.every_hours:g} hours.")
    if record.check_problem:
        found.append(f"The last check of the backups failed: {record.check_problem}")
    return (*found, *([f"The last backup is incomplete: {record.remark}"] if record.remark else []))


def _in_mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.2f} GB"
