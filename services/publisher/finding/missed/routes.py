"""The page `/missed`."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.publisher.finding.missed.missed_page import build_missed
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render


def router(components: Components) -> APIRouter:
    """What the picks of whoever asks missed."""
    pages = APIRouter()

    @pages.get("/missed")
    async def missed(request: Request) -> Response:
        page = await asyncio.to_thread(build_missed, components.of(request).records)
        return render(components, request, "missed.html", page=page)

    return pages
