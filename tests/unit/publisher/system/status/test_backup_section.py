"""The Status page's word on backups and on copies elsewhere."""

from datetime import timedelta
from pathlib import Path

from shared.contracts import now
from shared.settings.sections.backup import BackupSettings
from shared.settings.sections.sync import SyncSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.backups import BackupRecord, BackupRecords
from shared.store.keeping.syncs import SyncRecords
from tests.support.browsing.reader import page, reader

SETTINGS = BackupSettings.model_validate({"repository": "/mnt/backups", "password": "secret-password"})


async def test_where_none_are_set_up_it_says_how(data: DataFolder) -> None:
    assert "Backups" not in await page(reader(data), "/status")
    assert "No backups are made" in await page(reader(data, backup=BackupSettings()), "/status")


async def test_the_last_backup_and_its_problems_are_told(data: DataFolder) -> None:
    made = now() - timedelta(hours=1)
    record = BackupRecord(repository="/mnt/backups", made_at=made, files=3, problem="the <disk> is gone")
    BackupRecords(data).write(record)
    text = await page(reader(data, backup=SETTINGS), "/status")
    assert "to /mnt/backups: 3 files" in text
    assert "The last backup failed: the &lt;disk&gt; is gone" in text
    assert "secret-password" not in text


async def test_copies_elsewhere_are_told_where_they_are_set(data: DataFolder) -> None:
    assert "Copies elsewhere" not in await page(reader(data), "/status")
    SyncRecords(data).note_failure("git", "the git repository /copies", "no <room>", now())
    text = await page(reader(data, sync=SyncSettings(git_folder=Path("/copies"))), "/status")
    assert "The git repository /copies: not synced yet." in text
    assert "The last sync to the git repository /copies failed: no &lt;room&gt;" in text
