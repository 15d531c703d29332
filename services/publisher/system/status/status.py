"""The state of the whole system at one moment: services, datasets, the last harvest, queues, failed jobs."""

import asyncio
from dataclasses import dataclass, field

from pydantic import BaseModel

from services.publisher.site.deploying.last_deployment import DeploymentStore, LastDeployment
from services.publisher.system.status.connections import Connections
from services.publisher.system.status.dataset_counts import DatasetCounts
from services.publisher.system.status.health import HealthPages, ServiceState
from services.publisher.system.status.queues import Queues, QueueState
from shared.contracts import now
from shared.settings.sections.backup import BackupSettings
from shared.settings.sections.sync import SyncSettings
from shared.store.harvests.runs import HarvestRun
from shared.store.harvests.source_states import SourceState
from shared.store.keeping.backups import BackupRecord, BackupRecords, BackupState, backup_state
from shared.store.keeping.counts import Counts
from shared.store.keeping.syncs import SyncRecords, sync_states


class Status(BaseModel):
    """Everything on the status page; the same as JSON."""

    services: list[ServiceState]
    counts: Counts
    last_run: HarvestRun | None
    queues: QueueState
    site: LastDeployment = LastDeployment()
    backup: BackupRecord = BackupRecord()
    backup_state: BackupState | None = None
    sync_states: list[BackupState] = []
    sources: list[SourceState] = []

    @property
    def is_ready(self) -> bool:
        return all(service.state == "ready" for service in self.services)


@dataclass(frozen=True)
class StatusSources:
    """Whom to ask for the status."""

    health: HealthPages
    datasets: DatasetCounts
    queues: Queues
    deployments: DeploymentStore | None = None
    backups: BackupRecords | None = None
    backup_settings: BackupSettings = field(default_factory=BackupSettings)
    syncs: SyncRecords | None = None
    sync_settings: SyncSettings = field(default_factory=SyncSettings)
    connections: Connections | None = None

    async def gather(self) -> Status:
        """Ask all of them at the same time."""
        services, counts, (run, sources), queues, site, (backup, syncs) = await asyncio.gather(
            self.health.ask(),
            asyncio.to_thread(self.datasets.counts),
            asyncio.to_thread(self.datasets.harvests),
            self.queues.state(),
            asyncio.to_thread(self._last_deployment),
            asyncio.to_thread(self._copies),
        )
        return Status(
            services=services,
            counts=counts,
            last_run=run,
            queues=queues,
            site=site,
            backup=backup,
            backup_state=self._backup_state(backup),
            sync_states=syncs,
            sources=sources,
        )

    def _last_deployment(self) -> LastDeployment:
        return self.deployments.last() if self.deployments else LastDeployment()

    def _copies(self) -> tuple[BackupRecord, list[BackupState]]:
        """The last backup, and the state of each place that is synced."""
        record = self.backups.last() if self.backups else BackupRecord()
        return record, sync_states(self.syncs.all(), self.sync_settings, now()) if self.syncs else []

    def _backup_state(self, record: BackupRecord) -> BackupState | None:
        """None where nobody need be told: in the demo, whose papers are no loss."""
        return backup_state(record, self.backup_settings, now()) if self.backups else None
