"""What is said of the backups of a data folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.settings.sections.backup import BackupSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.backups import BackupRecord, BackupRecords, backup_state

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = BackupSettings.model_validate({"repository": "/mnt/backups", "password": "p"})
RECORD = BackupRecord(
    repository="/mnt/backups", made_at=NOON - timedelta(hours=2), files=12_345, size=98_700_000, added=1_200_000
)


def test_a_record_is_read_as_it_was_written_and_damage_counts_as_none(tmp_path: Path) -> None:
    records = BackupRecords(DataFolder(tmp_path, 0))
    assert records.last() == BackupRecord()
    records.write(RECORD)
    assert records.last() == RECORD
    (tmp_path / "state" / "backup" / "last.json").write_text("{")
    assert records.last() == BackupRecord()


def test_the_state_in_a_sentence() -> None:
    state = backup_state(RECORD, SETTINGS, NOON)
    assert state.sentence == ("Last backup 2026-11-22 10:00 UTC to /mnt/backups: 12,345 files, 98.7 MB (1.2 MB new).")
    assert state.problems == ()
    checked = RECORD.model_copy(update={"checked_at": NOON})
    assert "last checked 2026-11-22." in backup_state(checked, SETTINGS, NOON).sentence


def test_without_a_repository_it_says_how_to_have_backups() -> None:
    assert "backup init" in backup_state(BackupRecord(), BackupSettings(), NOON).sentence
    assert "none yet" in backup_state(BackupRecord(), SETTINGS, NOON).sentence


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"problem": "the disk is gone", "failures": 2}, "The last backup failed: the disk is gone"),
        ({"made_at": NOON - timedelta(days=3)}, "The last backup is 3.0 days old; one is due every 24 hours."),
        ({"check_problem": "a pack is damaged"}, "The last check of the backups failed: a pack is damaged"),
        ({"remark": "notes/x could not be read"}, "The last backup is incomplete: notes/x could not be read"),
    ],
)
def test_what_wants_something_done_is_a_problem(changes: dict[str, object], says: str) -> None:
    assert backup_state(RECORD.model_copy(update=changes), SETTINGS, NOON).problems == (says,)


def test_what_is_known_of_another_repository_does_not_count() -> None:
    elsewhere = SETTINGS.model_copy(update={"repository": "s3:https://me:word@host/bucket"})
    state = backup_state(RECORD.model_copy(update={"problem": "old"}), elsewhere, NOON)
    assert state.sentence == "Backups to s3:https://***@host/bucket: none yet; the first is made while papersys runs."
    assert state.problems == ()
