"""The state of the whole system at one moment: services, datasets, the last harvest, queues, failed jobs."""

import asyncio
from dataclasses import dataclass

from pydantic import BaseModel

from services.publisher.site.deploying.last_deployment import DeploymentStore, LastDeployment
from services.publisher.status.dataset_counts import DatasetCounts
from services.publisher.status.health import HealthPages, ServiceState
from services.publisher.status.queues import Queues, QueueState
from shared.store.counts import Counts
from shared.store.runs import HarvestRun


class Status(BaseModel):
    """Everything on the status page; the same as JSON."""

    services: list[ServiceState]
    counts: Counts
    last_run: HarvestRun | None
    queues: QueueState
    site: LastDeployment = LastDeployment()

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

    async def gather(self) -> Status:
        """Ask all of them at the same time."""
        services, counts, run, queues, site = await asyncio.gather(
            self.health.ask(),
            asyncio.to_thread(self.datasets.counts),
            asyncio.to_thread(self.datasets.last_run),
            self.queues.state(),
            asyncio.to_thread(self._last_deployment),
        )
        return Status(services=services, counts=counts, last_run=run, queues=queues, site=site)

    def _last_deployment(self) -> LastDeployment:
        return self.deployments.last() if self.deployments else LastDeployment()
