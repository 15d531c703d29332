"""The search page's route."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.finding.search.search_form import read_form
from services.publisher.finding.search.search_page import build_search
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.pages.templating import paper_path
from shared.paper_ids import parse_paper_id


def router(components: Components) -> APIRouter:
    """The page `/search`; a query that is an arXiv id leads to that paper."""
    pages = APIRouter()

    @pages.get("/search")
    async def search(request: Request) -> Response:
        form = read_form(request.query_params)
        if (wanted := _id_in(form.query)) is not None:
            return RedirectResponse(paper_path(wanted), status_code=303)
        page = await build_search(components.of(request), form)
        return render(components, request, "search.html", query=form.query, page=page)

    return pages


def _id_in(query: str) -> str | None:
    try:
        return parse_paper_id(query)
    except ValueError:
        return None
