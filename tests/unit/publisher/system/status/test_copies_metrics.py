"""Backups and syncs as Prometheus sees them."""

from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from services.publisher.system.status.copies_metrics import CopiesCollector
from shared.contracts import now
from shared.settings.sections.backup import BackupSettings
from shared.settings.sections.sync import SyncSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.backups import BackupRecord, BackupRecords
from shared.store.keeping.syncs import SyncRecord, SyncRecords


def scraped(data: DataFolder, backup: BackupSettings, sync: SyncSettings) -> list[str]:
    registry = CollectorRegistry()
    registry.register(CopiesCollector(data, backup, sync))
    return [line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")]


def value(lines: list[str], name: str) -> float:
    (found,) = (line for line in lines if line.startswith(f"{name} "))
    return float(found.rsplit(" ", 1)[1])


def test_ages_intervals_and_problems_are_told_where_they_are_set(tmp_path: Path) -> None:
    data, at = DataFolder(tmp_path, 0), now()
    backup = BackupSettings.model_validate({"repository": "s3:https://host/b", "every_hours": 12, "password": "p"})
    sync = SyncSettings(git_folder=Path("/copies"), hub_dataset="you/papers", every_days=3)
    BackupRecords(data).write(BackupRecord(repository="s3:https://host/b", made_at=at, check_problem="damaged"))
    SyncRecords(data).note_done("git", SyncRecord(where="the git repository /copies", synced_at=at, conflicts=("a",)))
    lines = scraped(data, backup, sync)
    assert value(lines, "papersys_backup_made_timestamp_seconds") == at.timestamp()
    assert "papersys_backup_interval_seconds 43200.0" in lines
    assert [line for line in lines if line.startswith("papersys_backup_problem")] == [
        'papersys_backup_problem{kind="backup"} 0.0',
        'papersys_backup_problem{kind="check"} 1.0',
        'papersys_backup_problem{kind="incomplete"} 0.0',
    ]
    assert value(lines, 'papersys_sync_done_timestamp_seconds{place="git"}') == at.timestamp()
    assert 'papersys_sync_problem{kind="conflict",place="git"} 1.0' in lines
    assert 'papersys_sync_problem{kind="sync",place="hub"} 0.0' in lines


def test_without_backups_and_copies_there_is_nothing_to_be_alarmed_about(tmp_path: Path) -> None:
    assert scraped(DataFolder(tmp_path, 0), BackupSettings(), SyncSettings()) == []
