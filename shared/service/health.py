"""Health pages of a service: alive, ready (or why not), and metrics for Prometheus."""

import asyncio
from collections.abc import Callable, Mapping

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from shared.service.metrics import ProblemCollector
from shared.text.safe.plain_text import without_credentials

Check = Callable[[], str | None]
"""A readiness check: None when all is well, otherwise the problem in one sentence."""


def health_router(
    service: str, checks: Mapping[str, Check], registry: CollectorRegistry, notes: Mapping[str, Check] | None = None
) -> APIRouter:
    """`/health/live` answers while the loop turns; `/health/ready` is 503 with its problems until none is left.

    Notes, what a person should know although the service does its work, are shown beside the problems.
    """
    router = APIRouter()
    registry.register(ProblemCollector(checks))

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"service": service, "status": "alive"}

    @router.get("/health/ready")
    async def ready() -> JSONResponse:
        problems = _messages_of(checks)
        body: dict[str, object] = {
            "service": service,
            "status": "waiting" if problems else "ready",
            "problems": problems,
        }
        if messages := _messages_of(notes or {}):
            body["notes"] = messages
        return JSONResponse(body, status_code=503 if problems else 200)

    @router.get("/metrics")
    async def metrics() -> Response:
        """In a thread: some metrics are read from files when they are asked for."""
        return Response(await asyncio.to_thread(generate_latest, registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _messages_of(checks: Mapping[str, Check]) -> dict[str, str]:
    """What the checks have to say, without passwords."""
    return {name: without_credentials(text) for name, check in checks.items() if (text := check())}
