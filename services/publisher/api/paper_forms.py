"""Forms about one paper: read and checked, and answered as JSON for scripts or with the page they came from."""

import uuid
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.publisher.access.local_path import local_path
from services.publisher.api.form_problems import problems_in
from services.publisher.api.forms import is_json, read_fields
from shared.paper_ids import PaperId

F = TypeVar("F", bound=BaseModel)


class PageForm(BaseModel):
    """A form of a page; `next` is the page to go back to where there is no JavaScript."""

    model_config = ConfigDict(extra="forbid")

    next: str = "/"


class PaperForm(PageForm):
    """A form about one paper."""

    paper_id: PaperId


class WordForm(PaperForm):
    """What a person says of a paper; `event_id` where the page may have to say it again: it is kept once."""

    event_id: str = Field(default_factory=lambda: uuid.uuid4().hex, pattern=r"^[0-9a-f]{32}$")


async def read_form(request: Request, form: type[F], name: str) -> F:
    """The fields of a form. Raises HTTPException 422 that says what is wrong with them."""
    try:
        return form.model_validate(await read_fields(request))
    except ValidationError as error:
        raise HTTPException(422, f"Not a valid {name}: {problems_in(error)}.") from error


def answer(request: Request, form: PaperForm, problem: str, facts: dict[str, Any]) -> Response:
    """JSON for programs and scripts; for a plain form the page it came from, or an error page."""
    if is_json(request):
        body = {"paper_id": form.paper_id, **facts, "error": problem}
        return JSONResponse(body, status_code=503 if problem else 200)
    if problem:
        raise HTTPException(503, problem)
    return RedirectResponse(local_path(form.next), status_code=303)
