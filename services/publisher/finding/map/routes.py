"""The map's page, its data, and ratings of many papers at once."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.publisher.access.local_path import local_path
from services.publisher.api.event_sender import EventSender
from services.publisher.api.forms import is_json, read_fields
from services.publisher.finding.map.map_page import KINDS, Choice, as_json, build_map
from services.publisher.pages.addresses import read_number, read_paper_id
from services.publisher.pages.cards import build_cards
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from shared.contracts import FeedbackLabel

_CHECKBOX = "p-"


def router(components: Components, sender: EventSender) -> APIRouter:
    """Everything of the map."""
    pages = APIRouter()

    @pages.get("/map")
    async def paper_map(request: Request) -> Response:
        page = await build_map(components.of(request), _choice(request))
        return render(components, request, "map/map.html", page=page, kinds=KINDS)

    @pages.get("/map/paper/{text:path}")
    async def card(request: Request, text: str) -> Response:
        mine = components.of(request)
        (found,) = await asyncio.to_thread(build_cards, mine.records, mine.ratings, [read_paper_id(text)])
        return render(components, request, "map/_card.html", card=found)

    @pages.get("/api/map")
    async def data(request: Request) -> Response:
        return JSONResponse(as_json(await build_map(components.of(request), Choice())))

    @pages.post("/api/map/ratings")
    async def ratings(request: Request) -> Response:
        fields = await read_fields(request)
        event = _event(fields, components.of(request).user)
        if (problem := await sender.send(event)) is not None:
            text = f"Your ratings were not saved ({problem}). Try again in a moment."
            if is_json(request):
                return JSONResponse({"error": text}, status_code=503)
            raise HTTPException(503, text)
        await asyncio.to_thread(components.of(request).ratings.add_published, event)
        if is_json(request):
            return JSONResponse({"papers": len(event.paper_ids), "label": event.label, "error": ""})
        return RedirectResponse(local_path(str(fields.get("next", "/map"))), status_code=303)

    return pages


def _choice(request: Request) -> Choice:
    kind = request.query_params.get("kind", "")
    return Choice(
        kind=kind if kind in KINDS else "",
        interest=read_number(request, "interest"),
        page=read_number(request, "page") or 1,
    )


def _event(fields: Mapping[str, Any], user: str) -> FeedbackLabel:
    """The rating of the papers that a form's boxes, or a script's list, name. Raises HTTPException 422."""
    checked = [name.removeprefix(_CHECKBOX) for name in fields if name.startswith(_CHECKBOX)]
    papers = str(fields.get("papers", "")).split() or checked
    if not papers:
        raise HTTPException(422, "No paper is chosen; tick some first.")
    try:
        return FeedbackLabel.model_validate(
            {"paper_ids": tuple(papers), "label": fields.get("label"), "source": "reader", "user": user}
        )
    except ValidationError as error:
        raise HTTPException(422, "Not a valid rating of papers: ids, and like, dislike or clear.") from error
