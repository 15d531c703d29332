"""When the last backup and the last sync were done, and what is wrong with them, for Prometheus."""

from collections.abc import Iterator, Mapping

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.settings.sections.backup import BackupSettings
from shared.settings.sections.sync import SyncSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.backups import BackupRecord, BackupRecords
from shared.store.keeping.syncs import SyncRecord, SyncRecords, places_of
from shared.text.safe.plain_text import without_credentials

_HOUR, _DAY = 3_600.0, 86_400.0


class CopiesCollector(Collector):
    """Read from their records when it is asked for; without samples where none are set."""

    def __init__(self, data: DataFolder, backup: BackupSettings, sync: SyncSettings) -> None:
        self._backups, self._syncs = BackupRecords(data), SyncRecords(data)
        self._backup_settings, self._sync_settings = backup, sync

    def collect(self) -> Iterator[Metric]:
        yield from _of_backups(self._backups.last(), self._backup_settings)
        yield from _of_syncs(self._syncs.all(), self._sync_settings)


def _of_backups(record: BackupRecord, settings: BackupSettings) -> Iterator[Metric]:
    made = GaugeMetricFamily("papersys_backup_made_timestamp_seconds", "When the last backup was made")
    every = GaugeMetricFamily("papersys_backup_interval_seconds", "How often one is made (0: only when asked to)")
    problems = GaugeMetricFamily("papersys_backup_problem", "1 while something is wrong with it", labels=["kind"])
    if settings.repository is not None:
        known = record if record.repository == without_credentials(settings.repository) else BackupRecord()
        if known.made_at is not None:
            made.add_metric([], known.made_at.timestamp())
        every.add_metric([], settings.every_hours * _HOUR)
        for kind, problem in (("backup", known.problem), ("check", known.check_problem), ("incomplete", known.remark)):
            problems.add_metric([kind], bool(problem))
    yield from (made, every, problems)


def _of_syncs(records: Mapping[str, SyncRecord], settings: SyncSettings) -> Iterator[Metric]:
    done = GaugeMetricFamily("papersys_sync_done_timestamp_seconds", "When the last sync was done", labels=["place"])
    every = GaugeMetricFamily("papersys_sync_interval_seconds", "How often (0: only when asked to)", labels=["place"])
    problems = GaugeMetricFamily("papersys_sync_problem", "1 while something is wrong", labels=["place", "kind"])
    for name, where in places_of(settings).items():
        record = records.get(name, SyncRecord())
        known = record if record.where == where else SyncRecord()
        if known.synced_at is not None:
            done.add_metric([name], known.synced_at.timestamp())
        every.add_metric([name], settings.every_days * _DAY)
        problems.add_metric([name, "sync"], bool(known.problem))
        problems.add_metric([name, "conflict"], bool(known.conflicts))
    yield from (done, every, problems)
