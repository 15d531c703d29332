"""Failed jobs retried or deleted by a button on the status page."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.publisher.api.forms import is_json, read_fields
from services.publisher.pages.components import Components
from shared.errors import PapersysError, TemporaryFailure


class JobForm(BaseModel):
    """A failed job by its number, and what is to become of it."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=1)
    action: Literal["retry", "drop"]


def router(components: Components) -> APIRouter:
    jobs = APIRouter()

    @jobs.post("/api/jobs")
    async def decide(request: Request) -> Response:
        try:
            form = JobForm.model_validate(await read_fields(request))
        except ValidationError as error:
            raise HTTPException(422, "Name a failed job by its number, and retry or drop.") from error
        queues = components.status.queues
        try:
            await (queues.retry(form.number) if form.action == "retry" else queues.drop(form.number))
        except TemporaryFailure as error:
            raise HTTPException(503, f"Nothing was changed: {error}") from error
        except PapersysError as error:
            raise HTTPException(422, str(error)) from error
        return JSONResponse(form.model_dump()) if is_json(request) else RedirectResponse("/status#failed", 303)

    return jobs
