"""The page that imports ratings: a file is uploaded, its report is shown, and only a second press stores anything."""

import asyncio
import uuid
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.api.forms import read_fields
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.system.importing.upload_form import Label, label_of, read_upload
from shared.contracts import ImportRatings
from shared.errors import PapersysError, RequestFailed
from shared.store.people.rating_uploads import RatingUpload, RatingUploads

_AWAY = "Nothing was imported: {}. Try again in a moment."


def router(components: Components, uploads: RatingUploads) -> APIRouter:
    """Everybody imports ratings of their own."""
    imports = APIRouter(prefix="/ratings/import")

    @imports.get("")
    async def show(request: Request) -> Response:
        return _page(components, request)

    @imports.post("")
    async def upload(request: Request) -> Response:
        try:
            form = await read_upload(request)
            kept = RatingUpload(name=form.name, text=form.text, user=components.of(request).user)
            upload_id = await asyncio.to_thread(uploads.put, kept)
        except PapersysError as error:
            return _page(components, request, 422, problem=str(error))
        query = f"?{urlencode({'lists_are': form.lists_are})}"
        return RedirectResponse(f"/ratings/import/{upload_id}{query}", status_code=303)

    @imports.get("/{upload_id}")
    async def report(request: Request, upload_id: str, lists_are: str = "like") -> Response:
        return await _report(components, request, upload_id, label_of(lists_are), is_confirmed=False)

    @imports.post("/{upload_id}")
    async def confirm(request: Request, upload_id: str) -> Response:
        fields = await read_fields(request)
        return await _report(components, request, upload_id, label_of(fields.get("lists_are")), is_confirmed=True)

    return imports


async def _report(
    components: Components, request: Request, upload_id: str, lists_are: Label, *, is_confirmed: bool
) -> Response:
    """The report of an upload, before or after it is stored; the same twice stores nothing twice."""
    mine = components.of(request)
    wanted = ImportRatings(
        upload_id=_checked(upload_id), user=mine.user, lists_are=lists_are, is_confirmed=is_confirmed
    )
    try:
        reply = await components.bus.ask(wanted)
    except RequestFailed as error:
        return _page(components, request, 503, problem=_AWAY.format(str(error).rstrip(".")))
    if reply.problem:
        return _page(components, request, 422, problem=reply.problem)
    offered = [paper.paper_id for offer in reply.report.offers for paper in offer.papers]
    labels = await asyncio.to_thread(mine.ratings.labels, offered)
    facts: dict[str, Any] = {"report": reply.report, "upload_id": upload_id, "lists_are": lists_are, "labels": labels}
    return _page(components, request, **facts)


def _page(components: Components, request: Request, status_code: int = 200, **facts: Any) -> Response:
    defaults = {"report": None, "problem": "", "upload_id": "", "lists_are": "like"}
    return render(components, request, "importing/import.html", status_code, **{**defaults, **facts})


def _checked(upload_id: str) -> str:
    try:
        return uuid.UUID(upload_id).hex
    except ValueError as error:
        raise HTTPException(404, "There is no such import.") from error
