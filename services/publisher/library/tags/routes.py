"""Pages of tags and categories, and the form by which a person decides about tags."""

import asyncio
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.publisher.access.local_path import local_path
from services.publisher.api.form_problems import problems_in
from services.publisher.api.forms import is_json, read_fields
from services.publisher.library.tags.tag_page import build_category, build_tag, moved_to
from services.publisher.library.tags.tags_page import build_tags
from services.publisher.pages.addresses import read_number
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.records.tag_slugs import tag_slug
from shared.contracts import CorrectTags
from shared.errors import RequestFailed

_MOST_QUERY_CHARACTERS = 100
_REFUSED = ("permanent", "invalid")


def router(components: Components) -> APIRouter:
    """Everything about tags."""
    tags = APIRouter()

    @tags.get("/tags")
    async def all_tags(request: Request, q: str = "", by: str = "") -> Response:
        query = " ".join(q.split())[:_MOST_QUERY_CHARACTERS]
        page = await asyncio.to_thread(build_tags, components.of(request).records, query, by)
        return render(components, request, "tags/tags.html", page=page, order=by)

    @tags.get("/api/tags")
    async def names(request: Request) -> Response:
        records = components.of(request).records
        found = await asyncio.to_thread(lambda: [records.tags.label(name) for name, _ in records.tags.counts()])
        return JSONResponse(found)

    @tags.post("/api/tags")
    async def correct(request: Request) -> Response:
        fields = await read_fields(request)
        back = local_path(str(fields.pop("next", "")))
        reply = await _decided(components, {**fields, "user": components.of(request).user})
        if is_json(request):
            return JSONResponse(reply.model_dump(mode="json"))
        return RedirectResponse(await asyncio.to_thread(_next, components, back, reply.tag.slug), status_code=303)

    @tags.get("/tag/{slug}")
    async def tag(request: Request, slug: str) -> Response:
        mine = components.of(request)
        page = await asyncio.to_thread(build_tag, mine.records, mine.ratings, slug, read_number(request, "page") or 1)
        if page is not None:
            return render(components, request, "tag.html", page=page)
        address = await asyncio.to_thread(moved_to, mine.records, slug)
        if address is None:
            raise HTTPException(404, f"No summarised paper has the tag “{slug.replace('-', ' ')}”.")
        return RedirectResponse(address, status_code=302)  # a merge can be undone

    @tags.get("/category/{category}")
    async def category(request: Request, category: str) -> Response:
        mine = components.of(request)
        page = await asyncio.to_thread(
            build_category, mine.records, mine.ratings, category, read_number(request, "page") or 1
        )
        if page is None:
            raise HTTPException(404, f"No summarised paper is in the category {category}.")
        return render(components, request, "tag.html", page=page)

    return tags


async def _decided(components: Components, fields: dict[str, Any]) -> Any:
    """The summarizer's answer. Raises HTTPException: 422 for what makes no sense, 503 while nobody answers."""
    try:
        return await components.bus.ask(CorrectTags.model_validate(fields))
    except ValidationError as error:
        raise HTTPException(422, f"Not a valid decision about a tag: {problems_in(error)}.") from error
    except RequestFailed as error:
        if error.code in _REFUSED:
            raise HTTPException(422, str(error)) from error
        raise HTTPException(503, f"The tags were not changed: {error}") from error


def _next(components: Components, back: str, slug: str) -> str:
    """Where a form leads: from a tag's page to the tag it was about, or to the list where that has no page any more."""
    if not back.startswith("/tag/"):
        return "/tags" if back == "/" else back
    name, _ = components.records.tags.papers(tag_slug(slug)) if slug else ("", [])
    return f"/tag/{quote(tag_slug(slug))}" if name else "/tags"
