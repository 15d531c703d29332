"""The page `/rising`, and its button to look again."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.finding.rising.rising_page import build_rising
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from shared.contracts import Rising
from shared.errors import RequestFailed


def router(components: Components) -> APIRouter:
    """What rises, for the person who asks."""
    pages = APIRouter()

    @pages.get("/rising")
    async def rising(request: Request) -> Response:
        page = await build_rising(components.bus, components.of(request).records)
        return render(components, request, "rising/rising.html", page=page)

    @pages.post("/api/rising")
    async def look_again(request: Request) -> Response:
        try:
            await components.bus.ask(Rising(user=components.of(request).user, again=True))
        except RequestFailed as error:
            raise HTTPException(503, f"There was no new look: {error}") from error
        return RedirectResponse("/rising", status_code=303)

    return pages
