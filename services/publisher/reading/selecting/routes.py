"""What the page of a text asks about a selected passage."""

import asyncio

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.publisher.api.form_problems import problems_in
from services.publisher.api.forms import read_fields
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.reading.fulltext.readable import readable_id
from services.publisher.reading.selecting.passage_notes import MOST_PASSAGE, MOST_REMARK, PassageForm, with_passage
from services.publisher.reading.selecting.similar_passages import MOST_CHARACTERS, find_similar
from shared.contracts import MAX_NOTE_CHARACTERS, PutNote
from shared.errors import RequestFailed

_MOST_BYTES = 12 * (MOST_PASSAGE + MOST_REMARK) + 10_000
_ATTEMPTS = 3
"""Somebody may save the same note in another window meanwhile."""


def router(components: Components) -> APIRouter:
    """Similar passages, and notes of passages."""
    pages = APIRouter()

    @pages.post("/similar-passages")
    async def similar(request: Request) -> Response:
        mine = components.of(request)
        fields = await read_fields(request, _MOST_BYTES)
        passage = str(fields.get("passage", ""))[:MOST_CHARACTERS]
        paper_id = readable_id(mine, str(fields.get("paper_id", "")))
        found = await find_similar(mine, passage, paper_id)
        return render(components, request, "selecting/_similar.html", found=found)

    @pages.post("/api/note/passage")
    async def note(request: Request) -> Response:
        mine = components.of(request)
        form = _form(await read_fields(request, _MOST_BYTES))
        readable_id(mine, form.paper_id)
        problem, status = await _keep(mine, form)
        return JSONResponse({"paper_id": form.paper_id, "error": problem}, status_code=status)

    return pages


def _form(fields: dict[str, object]) -> PassageForm:
    """Raises HTTPException 422 for what is no passage of a paper."""
    try:
        return PassageForm.model_validate(fields)
    except ValidationError as error:
        raise HTTPException(422, f"Not a passage to be noted: {problems_in(error)}.") from error


async def _keep(mine: Components, form: PassageForm) -> tuple[str, int]:
    """Why the passage was not added, empty where it was, and the status of the answer."""
    for _ in range(_ATTEMPTS):
        before = await asyncio.to_thread(mine.notes.get, mine.user, form.paper_id)
        text = with_passage(before.text, form)
        if len(text) > MAX_NOTE_CHARACTERS:
            return (
                f"The note would be longer than {MAX_NOTE_CHARACTERS:,} characters; shorten it on the paper’s page.",
                422,
            )
        wanted = PutNote(paper_id=form.paper_id, text=text, based_on=before.fingerprint, user=mine.user)
        try:
            if (await mine.bus.ask(wanted)).is_saved:
                return "", 200
        except RequestFailed as error:
            return f"Your note was not saved: {error} Try again in a moment.", 503
    return "Your note is being changed elsewhere; try again in a moment.", 409
