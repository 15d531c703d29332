"""When the running system makes backups and checks them."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.backup.schedule import due
from shared.settings.sections.backup import BackupSettings
from shared.store.keeping.backups import BackupRecord

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def ago(**time: float) -> datetime:
    return NOON - timedelta(**time)


SETTINGS = BackupSettings.model_validate({"repository": "/mnt/backups", "password": "secret"})
GOOD = BackupRecord(repository="/mnt/backups", made_at=ago(hours=1), checked_at=ago(days=1), check_tried_at=ago(days=1))


@pytest.mark.parametrize(
    ("record", "step"),
    [
        (BackupRecord(), "now"),
        (GOOD, None),
        (GOOD.model_copy(update={"made_at": ago(hours=25)}), "now"),
        (GOOD.model_copy(update={"made_at": NOON + timedelta(days=400)}), "now"),
        (GOOD.model_copy(update={"repository": "/another"}), "now"),
        (BackupRecord(repository="/mnt/backups", tried_at=ago(minutes=9), failures=1), None),
        (BackupRecord(repository="/mnt/backups", tried_at=ago(minutes=11), failures=1), "now"),
        (BackupRecord(repository="/mnt/backups", tried_at=ago(minutes=11), failures=2), None),
        (BackupRecord(repository="/mnt/backups", tried_at=ago(hours=7), failures=500), "now"),
        (GOOD.model_copy(update={"checked_at": ago(days=8), "check_tried_at": ago(days=8)}), "check"),
        (GOOD.model_copy(update={"checked_at": ago(days=8), "check_tried_at": ago(hours=3)}), None),
        (GOOD.model_copy(update={"checked_at": None, "check_tried_at": None}), None),
        (BackupRecord(repository="/mnt/backups", made_at=ago(hours=30), tried_at=ago(minutes=1), failures=1), None),
    ],
)
def test_a_backup_is_due_after_its_interval_and_a_failed_one_is_tried_less_and_less_often(
    record: BackupRecord, step: str | None
) -> None:
    assert due(record, SETTINGS, NOON) == step


def test_nothing_is_due_where_the_settings_do_not_want_it() -> None:
    assert due(BackupRecord(), BackupSettings(), NOON) is None
    by_hand = SETTINGS.model_copy(update={"every_hours": 0.0, "check_every_days": 0.0})
    assert due(BackupRecord(), by_hand, NOON) is None
    assert due(GOOD.model_copy(update={"made_at": ago(days=90)}), by_hand, NOON) is None
