"""Templates answered as pages. Every room of the reader answers with these."""

import gzip
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.publisher.pages.components import Components
from shared.contracts import DEFAULT_USER

GZIP_LEVEL = 5
_LEAST_BYTES = 2_000
_WITH_SECRETS = ("feeds.html", "login.html", "setup.html")


def render(components: Components, request: Request, template: str, status_code: int = 200, **facts: Any) -> Response:
    """A page; the template sees the facts and the request's path.

    It comes compressed to browsers that read gzip, except where it holds a secret: the length of a compressed page that
    also repeats words of its address would tell of it, byte by byte.
    """
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
    page = components.templates.TemplateResponse(request, template, context, status_code=status_code)
    return page if template in _WITH_SECRETS else compressed(request, page)


def compressed(request: Request, page: Response) -> Response:
    """The same page in a fifth of the bytes, for browsers that read gzip."""
    if "gzip" not in request.headers.get("accept-encoding", "") or len(page.body) < _LEAST_BYTES:
        return page
    body = gzip.compress(bytes(page.body), compresslevel=GZIP_LEVEL)
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(body, page.status_code, headers, media_type=page.media_type)


def error_page(components: Components, request: Request, status_code: int, detail: str) -> Response:
    """A page that says what is wrong."""
    if detail == HTTPStatus.NOT_FOUND.phrase:
        detail = "There is nothing at this address."
    return render(components, request, "error.html", status_code, code=status_code, detail=detail)
