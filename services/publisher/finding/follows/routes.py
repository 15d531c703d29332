"""The page `/follows`, and what its buttons send."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.publisher.access.local_path import local_path
from services.publisher.api.form_problems import problems_in
from services.publisher.api.forms import is_json, read_fields
from services.publisher.finding.follows.follows_page import SPANS, build_follows, read_span
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from shared.categories import category_of, nearest_category
from shared.contracts import FollowKind, SetFollow, SetFollowReply
from shared.errors import RequestFailed


class FollowForm(BaseModel):
    """What a button sends; `next` is the page to go back to where there is no JavaScript."""

    model_config = ConfigDict(extra="forbid")

    kind: FollowKind
    value: str
    label: str = ""
    followed: bool = True
    next: str = "/follows"


def router(components: Components) -> APIRouter:
    """What is followed: seen, begun and ended."""
    pages = APIRouter()

    @pages.get("/follows")
    async def follows(request: Request, days: str = "") -> Response:
        page = await build_follows(components.of(request), read_span(days))
        return render(components, request, "follows.html", page=page, spans=SPANS)

    @pages.post("/api/follow")
    async def follow(request: Request) -> Response:
        form, wanted = _read(await read_fields(request), components.of(request).user)
        try:
            reply = await components.bus.ask(wanted)
        except RequestFailed as error:
            raise HTTPException(503 if error.retryable else 409, f"This was not saved: {error}") from error
        return _answer(request, form, reply)

    return pages


def _read(fields: dict[str, object], user: str) -> tuple[FollowForm, SetFollow]:
    """The form and the request that it makes. Raises HTTPException 422."""
    try:
        form = FollowForm.model_validate(fields)
        label = " ".join(form.label.split())[:200]
        wanted = SetFollow(
            kind=form.kind, value=" ".join(form.value.split()), label=label, followed=form.followed, user=user
        )
    except ValidationError as error:
        raise HTTPException(422, f"This cannot be followed: {problems_in(error)}.") from error
    if wanted.kind == "category" and wanted.followed:
        wanted = wanted.model_copy(update={"value": _category(wanted.value)})
    if wanted.followed and not any(map(str.isalnum, wanted.value)):
        raise HTTPException(422, "This cannot be followed: it has no letter or digit.")
    return form, wanted


def _category(text: str) -> str:
    code = category_of(text)
    if code is None:
        nearest = nearest_category(text)
        hint = f"; did you mean {nearest}?" if nearest else "."
        raise HTTPException(422, f"arXiv has no category {text[:40]!r}{hint}")
    return code


def _answer(request: Request, form: FollowForm, reply: SetFollowReply) -> Response:
    if is_json(request):
        return JSONResponse(reply.model_dump(mode="json"))
    return RedirectResponse(local_path(form.next), status_code=303)
