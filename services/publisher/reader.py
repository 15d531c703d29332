"""The reader: a web app on one port, rendered on the server, working by mouse, by keys and without JavaScript."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import Scope

from services.publisher import installable
from services.publisher.access.middleware import AccessMiddleware
from services.publisher.api import routes as api
from services.publisher.api.event_sender import EventSender
from services.publisher.finding.follows import routes as follows
from services.publisher.finding.map import routes as paper_map
from services.publisher.finding.missed import routes as missed
from services.publisher.finding.rising import routes as rising
from services.publisher.finding.search import routes as search
from services.publisher.library import routes as library
from services.publisher.library.notes import routes as notes
from services.publisher.library.reading_list import routes as reading_list
from services.publisher.library.tags import routes as tags
from services.publisher.outgoing import Outgoing
from services.publisher.outlets.digest import routes as digest
from services.publisher.outlets.exports import routes as exports
from services.publisher.outlets.exports.ratings import routes as rating_exports
from services.publisher.outlets.feeds import routes as feeds
from services.publisher.outlets.webhooks import routes as webhooks
from services.publisher.pages import routes as pages
from services.publisher.pages.components import Components
from services.publisher.pages.responses import GZIP_LEVEL, error_page
from services.publisher.pages.templating import STATIC, arxiv_address, page_environment
from services.publisher.paper import routes as paper
from services.publisher.paper.results import routes as results
from services.publisher.paper.revisions import routes as revisions
from services.publisher.reading.citations import routes as citations
from services.publisher.reading.citations.bibliographies import Bibliographies
from services.publisher.reading.citations.weekly_offers import WeeklyOffers
from services.publisher.reading.fulltext import routes as fulltext
from services.publisher.reading.selecting import routes as selecting
from services.publisher.reading.translating import glossary_routes as glossaries
from services.publisher.reading.translating import routes as translating
from services.publisher.system.status import job_routes as jobs
from shared.demo.days import DemoDays
from shared.settings.settings import DemoSettings

_CACHE_FOR_EVER = "public, max-age=31536000, immutable"


def create_reader(
    components: Components, sender: EventSender, outgoing: Outgoing, rooms: Sequence[APIRouter] = ()
) -> FastAPI:
    """The app, with the pages of further `rooms`.

    Without FastAPI's documentation pages, because they load scripts from other hosts.
    """
    app = FastAPI(title="papersys", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(AccessMiddleware, policy=components.access)
    static = GZipMiddleware(CachedFiles(directory=STATIC), compresslevel=GZIP_LEVEL)
    app.mount("/static", static, name="static")
    app.include_router(search.router(components))
    app.include_router(follows.router(components))
    app.include_router(installable.router())
    app.include_router(exports.router(components))
    app.include_router(feeds.router(components, outgoing))
    app.include_router(digest.router(components, sender, outgoing))
    app.include_router(webhooks.router(components, outgoing))
    app.include_router(notes.router(components))
    bibliographies = Bibliographies(components.records)
    app.include_router(citations.router(components, bibliographies))
    app.include_router(selecting.router(components))
    app.include_router(glossaries.router(components))
    app.include_router(translating.router(components))
    app.include_router(fulltext.router(components))
    for room in rooms:
        app.include_router(room)
    app.include_router(rating_exports.router(components))
    app.include_router(library.router(components, sender))
    app.include_router(reading_list.router(components))
    app.include_router(results.router(components))
    app.include_router(paper.router(components))
    app.include_router(revisions.router(components))
    app.include_router(rising.router(components))
    app.include_router(missed.router(components))
    app.include_router(tags.router(components))
    app.include_router(jobs.router(components))
    app.include_router(paper_map.router(components, sender))
    app.include_router(pages.router(components, WeeklyOffers(bibliographies)))
    app.include_router(api.router(components, sender))

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        if "text/html" in request.headers.get("accept", ""):
            return error_page(components, request, error.status_code, str(error.detail))
        return JSONResponse({"error": str(error.detail)}, status_code=error.status_code)

    app.add_exception_handler(HTTPException, on_http_error)
    return app


def open_templates(
    demo: DemoSettings, demo_days: Callable[[], DemoDays | None] = lambda: None, *, keeps_signals: bool = True
) -> Jinja2Templates:
    """The templates of the pages, for the demo or for real; `demo_days` says how far the demo has come.

    Without `keeps_signals`, no page tells what is opened and read.
    """
    environment = page_environment(is_demo=demo.enabled, arxiv=arxiv_address(demo))
    environment.globals |= {"demo_days": demo_days, "keeps_signals": keeps_signals}
    return Jinja2Templates(env=environment)


class CachedFiles(StaticFiles):
    """Static files, cached for ever where the address holds the content's hash, or the file never changes (fonts)."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if b"v=" in scope["query_string"] or path.endswith(".woff2"):
            response.headers["Cache-Control"] = _CACHE_FOR_EVER
        return response
