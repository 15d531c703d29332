"""The health of all services, as their health pages report it."""

import asyncio
from typing import Any

import httpx
from pydantic import BaseModel

from shared.settings.settings import SERVICES, HttpSettings

_ANSWER_SECONDS = 1.5


class ServiceState(BaseModel):
    """One service as its health page reports it; `unreachable` where nothing answers.

    `notes` are what a person should know although the service does its work.
    """

    service: str
    state: str
    problems: dict[str, str] = {}
    notes: dict[str, str] = {}


class HealthPages:
    """The health pages of all services, asked at the same time with a short timeout."""

    def __init__(self, settings: HttpSettings, client: httpx.AsyncClient | None = None) -> None:
        self._settings = settings
        self._client = client or httpx.AsyncClient(timeout=_ANSWER_SECONDS, trust_env=False)

    async def ask(self) -> list[ServiceState]:
        return list(await asyncio.gather(*(self._ask_one(service) for service in SERVICES)))

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask_one(self, service: str) -> ServiceState:
        url = f"{self._settings.address_of(service)}/health/ready"
        try:
            body = (await self._client.get(url)).json()
            if body["service"] != service:
                return ServiceState(
                    service=service, state="unreachable", problems={"port": f"another program at {url}"}
                )
            told = {name: body.get(name, {}) for name in ("problems", "notes")}
            return ServiceState(service=service, state=body["status"], **told)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            why = {"health": f"no answer at {url} ({type(error).__name__})"}
            return ServiceState(service=service, state="unreachable", problems=why)


def brief_health(services: list[ServiceState], *, with_problems: bool) -> dict[str, Any]:
    """All services for a health check; problems are told only to those who are logged in."""
    ready = all(service.state == "ready" for service in services)
    body: dict[str, Any] = {
        "status": "ready" if ready else "waiting",
        "services": {service.service: service.state for service in services},
    }
    if with_problems:
        body["problems"] = {service.service: service.problems for service in services if service.problems}
    return body
