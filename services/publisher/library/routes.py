"""Saved, My ratings, the calendar of days; and what the buttons Save, Skip and Undo send."""

import asyncio
import logging
from urllib.parse import urlencode

from fastapi import APIRouter
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.publisher.access.local_path import local_path
from services.publisher.api.event_sender import EventSender
from services.publisher.api.forms import is_json
from services.publisher.api.paper_forms import PageForm, WordForm, answer, read_form
from services.publisher.library.history import READER
from services.publisher.library.months import months_of
from services.publisher.library.paging import slice_of
from services.publisher.library.ratings_page import SHOWN as RATINGS_SHOWN
from services.publisher.library.ratings_page import build_ratings
from services.publisher.library.saved_page import SHOWN as SAVED_SHOWN
from services.publisher.library.saved_page import build_saved
from services.publisher.library.undo import states, undo_last, undone_action
from services.publisher.library.ways import way_from
from services.publisher.pages.addresses import read_number
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from shared.contracts import MOST_READ_SECONDS, KeepSignal, SignalKind, now
from shared.errors import RequestFailed
from shared.reached import with_way

log = logging.getLogger(__name__)

_MONTHS_A_PAGE = 12


class SignalForm(WordForm):
    """What the buttons Save and Skip send, and the script about what was opened and read.

    `reached_from` goes with `open`: the page that led there, of which only the kind is kept.
    """

    kind: SignalKind
    reached_from: str = Field("", max_length=2_000)
    value: float = Field(0.0, ge=0, le=MOST_READ_SECONDS)


def router(components: Components, sender: EventSender) -> APIRouter:
    """The library's pages and forms."""
    library = APIRouter()

    @library.get("/saved")
    async def saved(request: Request, show: str = "") -> Response:
        mine = components.of(request)
        page = await asyncio.to_thread(build_saved, mine.records, mine.ratings, show, read_number(request, "page"))
        return render(mine, request, "saved.html", page=page, shown=SAVED_SHOWN)

    @library.get("/ratings")
    async def ratings(request: Request, show: str = "", words: str = "") -> Response:
        mine = components.of(request)
        facts = show, words, read_number(request, "page")
        page = await asyncio.to_thread(build_ratings, mine.records, mine.ratings, *facts)
        return render(mine, request, "ratings.html", page=page, shown=RATINGS_SHOWN)

    @library.get("/days")
    async def days(request: Request) -> Response:
        mine = components.of(request)
        months = months_of(await asyncio.to_thread(mine.records.days))
        page = slice_of(months, read_number(request, "page"), _MONTHS_A_PAGE)
        return render(mine, request, "days.html", slice=page)

    @library.get("/undone")
    async def undone(request: Request, event: str = "", next: str = "/") -> Response:
        mine = components.of(request)
        page = await asyncio.to_thread(undone_action, mine, event)
        return render(mine, request, "undone.html", text=page.text, back=local_path(next))

    @library.post("/api/signal")
    async def signal(request: Request) -> Response:
        form = await read_form(request, SignalForm, "signal")
        problem = await keep_signal(components.of(request), form)
        return answer(request, form, problem, {"kind": form.kind})

    @library.post("/api/undo")
    async def undo(request: Request) -> Response:
        mine, form = components.of(request), await read_form(request, PageForm, "request to undo")
        result = await undo_last(mine, sender, now())
        if is_json(request):
            papers = await asyncio.to_thread(states, mine, result.paper_ids)
            body = {"text": result.text, "papers": papers, "error": result.problem}
            return JSONResponse(body, status_code=503 if result.problem else 200)
        if result.problem:
            raise HTTPException(503, result.problem)
        facts = urlencode({"event": result.event_id, "next": local_path(form.next)})
        return RedirectResponse(f"/undone?{facts}", status_code=303)

    return library


async def keep_signal(components: Components, form: SignalForm) -> str:
    """Have a signal stored; the reason where that failed, nothing where it went well."""
    way = way_from(form.reached_from, form.paper_id) if form.kind == "open" else None
    facts = {"kind": form.kind, "value": form.value, "user": components.user, "source": with_way(READER, way)}
    request = KeepSignal.model_validate({"paper_ids": (form.paper_id,), "event_id": form.event_id, **facts})
    try:
        await components.bus.ask(request)
    except RequestFailed as error:
        facts = {"action": "signal_failed", "paper_id": form.paper_id, "kind": form.kind}
        log.warning("A signal was not stored: %s", error, extra=facts)
        reason = str(error).rstrip(".")
        return f"This was not saved ({reason}). Try again in a moment."
    return ""
