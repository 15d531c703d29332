"""A person's glossary of a language: read and changed on the pages that translate."""

import asyncio

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.publisher.api.forms import read_fields
from services.publisher.pages.components import Components
from services.publisher.reading.translating.wishes import LANGUAGES
from shared.contracts import MAX_GLOSSARY_CHARACTERS, PutGlossary
from shared.errors import RequestFailed
from shared.store.people.glossaries import Glossary

_MOST_BYTES = 12 * MAX_GLOSSARY_CHARACTERS + 2_000
_CHANGED = (
    "Not saved: your glossary was changed elsewhere since you opened it. Copy your changes, then reload the page."
)


def router(components: Components) -> APIRouter:
    """Glossaries."""
    glossaries = APIRouter()

    @glossaries.get("/api/glossary/{language}")
    async def show(request: Request, language: str) -> Response:
        mine = components.of(request)
        if language not in LANGUAGES:
            raise HTTPException(404, "There is no such language to translate into.")
        glossary = await asyncio.to_thread(mine.glossaries.get, mine.user, language)
        return JSONResponse({**_facts(glossary), "error": ""})

    @glossaries.post("/api/glossary")
    async def keep(request: Request) -> Response:
        mine = components.of(request)
        wanted = _wanted(await read_fields(request, _MOST_BYTES), mine.user)
        try:
            reply = await mine.bus.ask(wanted)
        except RequestFailed as error:
            problem = f"Your glossary was not saved: {error} Try again in a moment."
            return JSONResponse({"error": problem}, status_code=503)
        problem, status = ("", 200) if reply.is_saved else (_CHANGED, 409)
        return JSONResponse({**_facts(Glossary(reply.text)), "error": problem}, status_code=status)

    return glossaries


def _facts(glossary: Glossary) -> dict[str, str]:
    return {"text": glossary.text, "fingerprint": glossary.fingerprint, "problem": glossary.problem}


def _wanted(fields: dict[str, object], user: str) -> PutGlossary:
    """Raises HTTPException 422 for what is no glossary."""
    try:
        wanted = PutGlossary.model_validate(
            {**{name: fields.get(name) for name in ("language", "text", "based_on")}, "user": user}
        )
    except ValidationError as error:
        reasons = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:3])
        raise HTTPException(422, f"Not a valid glossary: {reasons}.") from error
    if wanted.language not in LANGUAGES:
        raise HTTPException(422, "Not a valid glossary: there is no such language to translate into.")
    return wanted
