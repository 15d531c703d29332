"""What makes the reader installable as an app: its service worker, which must lie at the root to see every page."""

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from services.publisher.pages.templating import STATIC

SERVICE_WORKER = "/service-worker.js"


def router() -> APIRouter:
    """The service worker; browsers look at each visit whether it has changed."""
    app = APIRouter()

    @app.get(SERVICE_WORKER)
    async def service_worker() -> Response:
        headers = {"Cache-Control": "no-cache"}
        return FileResponse(STATIC / "service-worker.js", media_type="text/javascript", headers=headers)

    return app
