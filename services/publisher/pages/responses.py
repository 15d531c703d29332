"""Templates answered as pages. Every room of the reader answers with these."""

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.publisher.pages.components import Components
from shared.contracts import DEFAULT_USER


def render(components: Components, request: Request, template: str, status_code: int = 200, **facts: Any) -> Response:
    """A page; the template sees the facts and the request's path."""
    person = components.of(request).user
    context = {
        "path": request.url.path,
        "person": "" if person == DEFAULT_USER else person,
        "query": "",
        "tag_label": components.records.tags.label,
        "is_followed": components.of(request).records.is_followed,
        "can_log_out": request.state.authorised and (components.access.token is not None or person != DEFAULT_USER),
        **facts,
    }
    return components.templates.TemplateResponse(request, template, context, status_code=status_code)


def error_page(components: Components, request: Request, status_code: int, detail: str) -> Response:
    """A page that says what is wrong."""
    if detail == HTTPStatus.NOT_FOUND.phrase:
        detail = "There is nothing at this address."
    return render(components, request, "error.html", status_code, code=status_code, detail=detail)
