"""Writing a note and listing them. A note that could not be saved comes back to its writer."""

import asyncio

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.publisher.api.form_problems import problems_in
from services.publisher.api.forms import is_json, read_fields
from services.publisher.library.notes.notes_page import address_of, build_notes
from services.publisher.pages.addresses import read_number
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.reading.fulltext.readable import readable_id
from shared.contracts import MAX_NOTE_CHARACTERS, PutNote, PutNoteReply
from shared.errors import RequestFailed

_MAX_BODY_BYTES = 12 * MAX_NOTE_CHARACTERS + 2_000
"""A character is up to four bytes, each of which a form may write as `%F0`."""
_CHANGED = "This note was changed elsewhere since you opened it. Merge the two, or save yours over it."


def router(components: Components) -> APIRouter:
    """Notes."""
    notes = APIRouter()

    @notes.get("/notes")
    async def page(request: Request) -> Response:
        mine = components.of(request)
        number = max(1, read_number(request, "page") or 1)
        return render(mine, request, "notes.html", page=await asyncio.to_thread(build_notes, mine, number))

    @notes.post("/api/note")
    async def note(request: Request) -> Response:
        mine = components.of(request)
        wanted = _wanted(await read_fields(request, _MAX_BODY_BYTES), mine.user)
        readable_id(mine, wanted.paper_id)
        try:
            reply = await mine.bus.ask(wanted)
        except RequestFailed as error:
            return _not_saved(mine, request, wanted, 503, f"Your note was not saved: {error} Try again in a moment.")
        if not reply.is_saved:
            return _not_saved(mine, request, wanted, 409, _CHANGED, reply)
        if is_json(request):
            return JSONResponse({"paper_id": wanted.paper_id, **reply.model_dump(mode="json"), "error": ""})
        return RedirectResponse(f"{address_of(wanted.paper_id)}#notes", status_code=303)

    return notes


def _wanted(fields: dict[str, object], user: str) -> PutNote:
    """Raises HTTPException 422 for what is no note."""
    text = fields.get("text")
    if isinstance(text, str):
        fields = {**fields, "text": text.replace("\r\n", "\n")}
    try:
        return PutNote.model_validate(
            {**{name: fields.get(name) for name in ("paper_id", "text", "based_on")}, "user": user}
        )
    except ValidationError as error:
        raise HTTPException(422, f"Not a valid note: {problems_in(error)}.") from error


def _not_saved(
    mine: Components, request: Request, wanted: PutNote, status: int, problem: str, stored: PutNoteReply | None = None
) -> Response:
    """What was written, to be sent again; with what stands where that is another text."""
    if is_json(request):
        facts = stored.model_dump(mode="json") if stored else {}
        return JSONResponse({"paper_id": wanted.paper_id, **facts, "error": problem}, status_code=status)
    based_on = stored.fingerprint if stored else wanted.based_on
    facts = {
        "problem": problem,
        "wanted": wanted,
        "back": address_of(wanted.paper_id),
        "stored": stored,
        "based_on": based_on,
    }
    return render(mine, request, "note_not_saved.html", status, **facts)
