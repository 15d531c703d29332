"""The reader: a web app on one port, rendered on the server, working by mouse, by keys and without JavaScript."""

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import Scope

from services.publisher import reader_api
from services.publisher.access.access import AccessMiddleware
from services.publisher.pages import pages
from services.publisher.pages.components import Desk
from services.publisher.pages.templating import STATIC, arxiv_address, page_environment
from shared.settings.settings import DemoSettings

_FOREVER = "public, max-age=31536000, immutable"


def create_reader(desk: Desk) -> FastAPI:
    """The app; no API browser, because that one loads scripts from elsewhere."""
    app = FastAPI(title="papersys", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(AccessMiddleware, gate=desk.gate)
    app.mount("/static", LastingFiles(directory=STATIC), name="static")
    app.include_router(pages.router(desk))
    app.include_router(reader_api.router(desk))

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        if "text/html" in request.headers.get("accept", ""):
            return pages.error_page(desk, request, error.status_code, str(error.detail))
        return JSONResponse({"error": str(error.detail)}, status_code=error.status_code)

    app.add_exception_handler(HTTPException, on_http_error)
    return app


def open_templates(demo: DemoSettings) -> Jinja2Templates:
    """The templates of the pages, for the demo or for real."""
    return Jinja2Templates(env=page_environment(is_demo=demo.enabled, arxiv=arxiv_address(demo)))


class LastingFiles(StaticFiles):
    """Static files that are asked for by their content's hash, or never change, such as fonts."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if b"v=" in scope["query_string"] or path.endswith(".woff2"):
            response.headers["Cache-Control"] = _FOREVER
        return response
