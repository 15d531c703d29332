"""What the reader's pages send and programs read: ratings, login, status and health as JSON."""

import asyncio
import logging
from urllib.parse import quote

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.publisher.access.access import Attempt, logged_in, logged_out, too_many_guesses
from services.publisher.pages.components import Desk
from services.publisher.pages.forms import is_json, read_fields
from services.publisher.pages.status_page import brief_health, gather_status
from shared.contracts import FeedbackLabel, Label, SetFacetPreference
from shared.errors import RequestFailed, TemporaryFailure
from shared.paper_ids import PaperId

log = logging.getLogger(__name__)

_PUBLISH_SECONDS = 6.0


class RatingForm(BaseModel):
    """What a button sends; `next` is the page to go back to where there is no JavaScript."""

    model_config = ConfigDict(extra="forbid")

    paper_id: PaperId
    label: Label
    next: str = "/"


def router(desk: Desk) -> APIRouter:
    """Everything that is no page."""
    api = APIRouter()

    @api.post("/api/verdict", include_in_schema=False)  # its name of old
    @api.post("/api/rating")
    async def rating(request: Request) -> Response:
        form = await _form(request)
        problem = await say(desk, form)
        if is_json(request):
            body = {"paper_id": form.paper_id, "label": form.label, "error": problem}
            return JSONResponse(body, status_code=503 if problem else 200)
        if problem:
            raise HTTPException(503, problem)
        return RedirectResponse(local_path(form.next), status_code=303)

    @api.post("/api/facet")
    async def facet(request: Request) -> Response:
        try:
            wanted = SetFacetPreference.model_validate({**await read_fields(request), "user": desk.library.user})
            reply = await desk.bus.ask(wanted)
        except ValidationError as error:
            raise HTTPException(422, "Not a facet preference; give a key and boost, mute or clear.") from error
        except RequestFailed as error:
            raise HTTPException(503, f"Your preference was not saved: {error}") from error
        if is_json(request):
            return JSONResponse(reply.model_dump(mode="json"))
        return RedirectResponse(f"/interests#f-{quote(reply.key)}", status_code=303)

    @api.post("/login")
    async def login(request: Request) -> Response:
        given = (await read_fields(request)).get("token")
        attempt = desk.gate.attempt(request, given) if isinstance(given, str) else Attempt(False)
        if attempt.wait_seconds:
            return too_many_guesses(attempt)
        if not attempt.is_right:
            return RedirectResponse("/login?wrong=1", status_code=303)
        return logged_in(RedirectResponse("/", status_code=303), desk.gate, request)

    @api.post("/logout")
    async def logout(request: Request) -> Response:
        everywhere = (await read_fields(request)).get("everywhere") in ("1", True)
        return logged_out(RedirectResponse("/login", status_code=303), desk.gate, request, everywhere=everywhere)

    @api.get("/api/status")
    async def status() -> Response:
        state = await gather_status(desk.health, desk.counter, desk.queues)
        return JSONResponse({"ready": state.is_ready, **state.model_dump(mode="json")})

    @api.get("/health")
    async def health(request: Request) -> Response:
        services = await desk.health.ask()
        body = brief_health(services, with_problems=request.state.authorised)
        return JSONResponse(body, status_code=200 if body["status"] == "ready" else 503)

    @api.get("/health/live")
    async def live() -> dict[str, str]:
        return {"service": "reader", "status": "alive"}

    return api


async def say(desk: Desk, form: RatingForm) -> str:
    """Publish a rating and show it from now on; the reason where that failed, nothing where it went well."""
    event = FeedbackLabel(paper_ids=(form.paper_id,), label=form.label, source="reader", user=desk.library.user)
    problem = desk.bus_problem()
    if problem is None:
        try:
            async with asyncio.timeout(_PUBLISH_SECONDS):
                await desk.bus.publish(event)
        except TimeoutError:
            problem = f"NATS has not confirmed it within {_PUBLISH_SECONDS:g} s"
        except TemporaryFailure as error:
            problem = str(error)
    if problem is not None:
        log.warning("A rating was not sent: %s", problem, extra={"action": "rating_failed", "paper_id": form.paper_id})
        return f"Your rating was not saved ({problem}). Try again in a moment."
    await asyncio.to_thread(desk.ratings.say, event)
    return ""


def local_path(text: str) -> str:
    """A path of this reader; anything that leads elsewhere becomes the first page."""
    is_local = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if is_local else "/"


async def _form(request: Request) -> RatingForm:
    try:
        return RatingForm.model_validate(await read_fields(request))
    except ValidationError as error:
        reasons = "; ".join(f"{'.'.join(map(str, item['loc']))[:80]}: {item['msg']}" for item in error.errors()[:5])
        raise HTTPException(422, f"This is no rating: {reasons}.") from error
