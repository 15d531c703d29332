"""The state of the whole house on one page: services, datasets, the last harvest, queues, dead letters."""

import asyncio
import threading
from typing import Any

import httpx
from pydantic import BaseModel

from services.publisher.pages.queues import Queues, QueueState
from shared.addresses import reachable
from shared.settings.settings import SERVICES, HttpSettings
from shared.store.counts import Counts
from shared.store.files.data_folder import DataFolder
from shared.store.links import LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.preferences import RatingStore
from shared.store.runs import HarvestRun, RunStore
from shared.store.selections import SelectionStore
from shared.store.summaries import SummaryStore
from shared.store.vectors.embeddings import VectorStore

_ANSWER_SECONDS = 1.5


class ServiceState(BaseModel):
    """One service as its health page says; `unreachable` where none answers."""

    service: str
    state: str
    problems: dict[str, str] = {}


class Status(BaseModel):
    """Everything on the status page; the same as JSON."""

    services: list[ServiceState]
    counts: Counts
    last_run: HarvestRun | None
    queues: QueueState

    @property
    def is_ready(self) -> bool:
        return all(service.state == "ready" for service in self.services)


class HealthPages:
    """The health pages of all services, asked at once and with little patience."""

    def __init__(self, settings: HttpSettings, client: httpx.AsyncClient | None = None) -> None:
        self._settings = settings
        self._client = client or httpx.AsyncClient(timeout=_ANSWER_SECONDS, trust_env=False)

    async def ask(self) -> list[ServiceState]:
        return list(await asyncio.gather(*(self._ask_one(service) for service in SERVICES)))

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask_one(self, service: str) -> ServiceState:
        url = f"http://{reachable(self._settings.host)}:{self._settings.port_of(service)}/health/ready"
        try:
            body = (await self._client.get(url)).json()
            if body["service"] != service:
                return ServiceState(
                    service=service, state="unreachable", problems={"port": f"another program at {url}"}
                )
            return ServiceState(service=service, state=body["status"], problems=body.get("problems", {}))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            why = {"health": f"no answer at {url} ({type(error).__name__})"}
            return ServiceState(service=service, state="unreachable", problems=why)


class Counter:
    """How much is in each dataset. Has stores of its own, so that counting holds up no page."""

    def __init__(self, data: DataFolder, model: str) -> None:
        self._lock = threading.Lock()
        self._metadata = MetadataStore(data)
        self._vectors = VectorStore(data, model)
        self._ratings = RatingStore(data)
        self._selections = SelectionStore(data)
        self._summaries = SummaryStore(data)
        self._links = LinkStore(data)
        self._runs = RunStore(data)

    def counts(self) -> Counts:
        with self._lock:
            tags = {tag for summary in self._summaries.all() for tag in summary.tags}
            return {
                "papers": self._metadata.count(),
                "vectors": self._vectors.count(),
                "ratings": self._ratings.count(),
                "days": len(self._selections.days()),
                "summaries": self._summaries.count(),
                "tags": len(tags),
                "links": self._links.count(),
            }

    def last_run(self) -> HarvestRun | None:
        return self._runs.latest()


async def gather_status(health: HealthPages, counter: Counter, queues: Queues) -> Status:
    """Ask everybody at the same time."""
    services, counts, run, state = await asyncio.gather(
        health.ask(), asyncio.to_thread(counter.counts), asyncio.to_thread(counter.last_run), queues.state()
    )
    return Status(services=services, counts=counts, last_run=run, queues=state)


def brief_health(services: list[ServiceState], *, with_problems: bool) -> dict[str, Any]:
    """All services for a health check; what is wrong is told only to who may read."""
    ready = all(service.state == "ready" for service in services)
    body: dict[str, Any] = {
        "status": "ready" if ready else "waiting",
        "services": {service.service: service.state for service in services},
    }
    if with_problems:
        body["problems"] = {service.service: service.problems for service in services if service.problems}
    return body
