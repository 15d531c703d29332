"""What is known of copies kept up to date elsewhere: `state/sync/last.json`, written by `papersys sync`."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.settings.sections.sync import SyncSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.backups import BackupState

log = logging.getLogger(__name__)

_LATE_AFTER = 2.0
"""Intervals without a sync after which that is a problem."""
_NAMED = 3


class SyncRecord(BaseModel):
    """Of one place, `where` for people. `synced_at`, `files` and `written` are of the last sync that was done: files
    that are there now, and those it wrote. `conflicts` were left alone, because others had changed them; `problem` is
    why the last of `failures` attempts since then did not succeed.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    where: str = ""
    synced_at: AwareDatetime | None = None
    files: int = 0
    written: int = 0
    conflicts: tuple[str, ...] = ()
    tried_at: AwareDatetime | None = None
    problem: str = ""
    failures: int = 0


class _Records(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    places: dict[str, SyncRecord] = {}


class SyncRecords:
    """The records of a data folder by the place's name, `git` or `hub`; a file that cannot be read counts as none."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("state", "sync", "last.json")

    def all(self) -> Mapping[str, SyncRecord]:
        try:
            return _Records.model_validate_json(self._path.read_bytes()).places
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError) as error:
            log.warning("%s cannot be read: %s", self._path, error, extra={"action": "sync_state_unreadable"})
            return {}

    def note_done(self, name: str, record: SyncRecord) -> None:
        """A place is up to date. Raises TemporaryFailure."""
        self._put(name, record)

    def note_failure(self, name: str, where: str, problem: str, at: datetime) -> None:
        """An attempt failed; what was there before stays known. Raises TemporaryFailure."""
        known = self.all().get(name, SyncRecord())
        known = known if known.where == where else SyncRecord()
        changes = {"where": where, "problem": problem, "tried_at": at, "failures": known.failures + 1}
        self._put(name, known.model_copy(update=changes))

    def _put(self, name: str, record: SyncRecord) -> None:
        with self._data.lock("sync-state"):
            records = _Records(places={**self.all(), name: record})
            self._data.write_text(self._path, records.model_dump_json(indent=1) + "\n")


def places_of(settings: SyncSettings) -> dict[str, str]:
    """The places that the settings name, by name, as people read them."""
    places = {}
    if settings.git_folder is not None:
        places["git"] = f"the git repository {settings.git_folder.expanduser()}"
    if settings.hub_dataset is not None:
        places["hub"] = f"the dataset {settings.hub_dataset}"
    return places


def sync_states(records: Mapping[str, SyncRecord], settings: SyncSettings, at: datetime) -> list[BackupState]:
    """Of each place of the settings, what a person is told; nothing where none is set."""
    return [_state(records.get(name), where, settings, at) for name, where in places_of(settings).items()]


def _state(record: SyncRecord | None, where: str, settings: SyncSettings, at: datetime) -> BackupState:
    record = record if record is not None and record.where == where else SyncRecord()
    problems = _problems(record, where, settings, at)
    if record.synced_at is None:
        waiting = "not synced yet" if not settings.every_days else "not synced yet; papersys does so while it runs"
        return BackupState(f"{_capital(where)}: {waiting}.", problems)
    text = f"{_capital(where)}: synced {record.synced_at:%Y-%m-%d %H:%M} UTC, {record.files:,} files"
    return BackupState(f"{text}, of which {f'{record.written:,}' if record.written else 'none'} had changed.", problems)


def _problems(record: SyncRecord, where: str, settings: SyncSettings, at: datetime) -> tuple[str, ...]:
    late = timedelta(days=_LATE_AFTER * settings.every_days)
    found = []
    if record.problem:
        found.append(f"The last sync to {where} failed: {record.problem}")
    elif settings.every_days and record.synced_at and at - record.synced_at > late:
        days = (at - record.synced_at).total_seconds() / 86_400
        every = "day" if settings.every_days == 1 else f"{settings.every_days} days"
        found.append(f"The last sync to {where} is {days:.1f} days old; one is due every {every}.")
    if record.conflicts:
        more = f" and {len(record.conflicts) - _NAMED:,} more" if len(record.conflicts) > _NAMED else ""
        found.append(
            f"Others changed {', '.join(record.conflicts[:_NAMED])}{more} in {where}, so these are left alone; "
            "`papersys sync --overrule` replaces them."
        )
    return tuple(found)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
