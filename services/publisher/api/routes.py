"""What the reader's buttons send and programs read: ratings, requests, login, status and health as JSON."""

import asyncio
import logging
from urllib.parse import quote

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.publisher.access.local_path import local_path
from services.publisher.access.login_responses import logged_in, logged_out, login_path, too_many_attempts
from services.publisher.access.policy import LoginResult
from services.publisher.api.event_sender import EventSender
from services.publisher.api.facet_changes import facet_change
from services.publisher.api.forms import is_json, read_fields
from services.publisher.api.paper_forms import PaperForm, WordForm, answer, read_form
from services.publisher.library.history import READER
from services.publisher.library.ways import way_from
from services.publisher.pages.components import Components
from services.publisher.system.status.health import brief_health
from shared.contracts import FeedbackLabel, Label, PapersNew, SetFacetPreference, now
from shared.errors import RequestFailed
from shared.reached import Way, with_way

log = logging.getLogger(__name__)


class RatingForm(WordForm):
    """What the buttons Like and Dislike send."""

    label: Label


def router(components: Components, sender: EventSender) -> APIRouter:
    """Everything that is not a page."""
    api = APIRouter()

    @api.post("/api/verdict", include_in_schema=False)  # the former address
    @api.post("/api/rating")
    async def rating(request: Request) -> Response:
        form = await read_form(request, RatingForm, "rating")
        way = way_from(request.headers.get("referer", ""), form.paper_id)
        problem = await rate(components.of(request), sender, form, way)
        return answer(request, form, problem, {"label": form.label})

    @api.post("/api/reprocess")
    async def reprocess(request: Request) -> Response:
        form = await read_form(request, PaperForm, "request for a summary")
        problem = await request_summary(components.of(request), sender, form)
        return answer(request, form, problem, {})

    @api.post("/api/facet")
    async def facet(request: Request) -> Response:
        try:
            wanted = SetFacetPreference.model_validate(
                {**await read_fields(request), "user": components.of(request).user}
            )
            reply = await components.bus.ask(wanted)
        except ValidationError as error:
            raise HTTPException(422, "Not a valid preference: a facet's key and boost, mute or clear.") from error
        except RequestFailed as error:
            raise HTTPException(503, f"Your preference was not saved: {error}") from error
        if is_json(request):
            return JSONResponse(reply.model_dump(mode="json"))
        return RedirectResponse(f"/interests#f-{quote(reply.key)}", status_code=303)

    @api.post("/api/facet/change")
    async def change(request: Request) -> Response:
        wanted = facet_change(await read_fields(request), components.of(request).user, now())
        try:
            reply = await components.bus.ask(wanted)
        except RequestFailed as error:
            raise HTTPException(503, f"Your change was not saved: {error}") from error
        if is_json(request):
            return JSONResponse(reply.model_dump(mode="json"))
        return RedirectResponse(f"/interests#f-{quote(reply.key)}", status_code=303)

    @api.post("/login")
    async def login(request: Request) -> Response:
        fields = await read_fields(request)
        token, wanted = fields.get("token"), local_path(str(fields.get("next", "/")))
        result = components.access.log_in(request, token) if isinstance(token, str) else LoginResult(None)
        if result.wait_seconds:
            return too_many_attempts(result)
        if result.user is None:
            return RedirectResponse(login_path(wanted, is_wrong=True), status_code=303)
        return logged_in(RedirectResponse(wanted, status_code=303), components.access, request, result.user)

    @api.post("/logout")
    async def logout(request: Request) -> Response:
        everywhere = (await read_fields(request)).get("everywhere") in ("1", True)
        response = RedirectResponse("/login" if components.access.token else "/", status_code=303)
        return logged_out(response, components.access, request, everywhere=everywhere)

    @api.get("/api/status")
    async def status() -> Response:
        state = await components.status.gather()
        return JSONResponse({"ready": state.is_ready, **state.model_dump(mode="json")})

    @api.get("/health")
    async def health(request: Request) -> Response:
        services = await components.status.health.ask()
        body = brief_health(services, with_problems=request.state.authorised)
        return JSONResponse(body, status_code=200 if body["status"] == "ready" else 503)

    @api.get("/health/live")
    async def live() -> dict[str, str]:
        return {"service": "reader", "status": "alive"}

    return api


async def rate(components: Components, sender: EventSender, form: RatingForm, way: Way | None = None) -> str:
    """Publish a rating and show it from now on; the reason where that failed, nothing where it went well.

    `way` is by which page the person came to the paper.
    """
    event = FeedbackLabel(
        event_id=form.event_id,
        paper_ids=(form.paper_id,),
        label=form.label,
        source=with_way(READER, way),
        user=components.user,
        actor=components.user,
    )
    problem = await sender.send(event)
    if problem is not None:
        log.warning("A rating was not sent: %s", problem, extra={"action": "rating_failed", "paper_id": form.paper_id})
        return f"Your rating was not saved ({problem}). Try again in a moment."
    await asyncio.to_thread(components.ratings.add_published, event)
    return ""


async def request_summary(components: Components, sender: EventSender, form: PaperForm) -> str:
    """Have a paper processed as `papersys reprocess` does; the reason where that failed, nothing where it went well."""
    event = PapersNew(paper_ids=(form.paper_id,), force=True, reason="requested", user=components.user)
    problem = await sender.send(event)
    if problem is not None:
        facts = {"action": "reprocess_failed", "paper_id": form.paper_id}
        log.warning("A request for a summary was not sent: %s", problem, extra=facts)
        return f"The summary could not be requested ({problem}). Try again in a moment."
    components.summary_requests.add(form.paper_id)
    return ""
