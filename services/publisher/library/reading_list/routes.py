"""The page `/reading-list`, and what its forms and the buttons on papers send."""

import asyncio
import re
from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.publisher.access.local_path import local_path
from services.publisher.api.forms import is_json
from services.publisher.api.paper_forms import PageForm, read_form
from services.publisher.library.reading_list.list_page import build_list, listed_title, state_words
from services.publisher.pages.addresses import read_number
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from shared.contracts import AddPapers, ReadingListReply, RemovePapers, UpdatePapers
from shared.errors import RequestFailed
from shared.paper_ids import is_local, parse_versioned_id

_MOST_AT_ONCE = 100
_BETWEEN = re.compile(r"[\s,;]+")


class ListForm(PageForm):
    """What the forms send: ids or addresses of papers, and what is wanted."""

    papers: str = Field(min_length=1, max_length=8_000)
    wanted: Literal["add", "remove", "update"] = "add"


def router(components: Components) -> APIRouter:
    """The reading list of whoever asks."""
    pages = APIRouter()

    @pages.get("/reading-list")
    async def reading_list(request: Request) -> Response:
        mine = components.of(request)
        papers = await asyncio.to_thread(mine.library.reading_list)
        page = build_list(papers, read_number(request, "page"))
        return render(
            mine,
            request,
            "reading_list.html",
            page=page,
            title_of=listed_title,
            state_of=state_words,
            is_local=is_local,
        )

    @pages.post("/api/reading-list")
    async def change(request: Request) -> Response:
        mine, form = components.of(request), await read_form(request, ListForm, "change of the reading list")
        ids, versions = _named(form.papers)
        try:
            reply = await mine.bus.ask(_request(form.wanted, ids, versions, mine.user))
        except RequestFailed as error:
            raise HTTPException(503 if error.retryable else 409, f"The list was not changed: {error}") from error
        return _answer(request, form, reply)

    return pages


def _named(text: str) -> tuple[list[str], dict[str, int]]:
    """The papers of a text and the versions that it names. Raises HTTPException 422 for what is no paper."""
    ids, versions = dict[str, None](), dict[str, int]()
    for word in filter(None, _BETWEEN.split(text)):
        if is_local(word):
            ids[word] = None
            continue
        try:
            paper_id, version = parse_versioned_id(word)
        except ValueError as error:
            raise HTTPException(422, f"{error}.") from error
        ids[paper_id] = None
        versions |= {paper_id: version} if version is not None else {}
    if not 0 < len(ids) <= _MOST_AT_ONCE:
        raise HTTPException(422, f"Name between 1 and {_MOST_AT_ONCE} papers; `papersys arxiv add` takes more.")
    return list(ids), versions


def _request(
    wanted: str, ids: Sequence[str], versions: dict[str, int], user: str
) -> AddPapers | RemovePapers | UpdatePapers:
    if wanted == "remove":
        return RemovePapers(paper_ids=tuple(ids), user=user)
    if wanted == "update":
        return UpdatePapers(paper_ids=tuple(ids), user=user)
    return AddPapers(paper_ids=tuple(ids), versions=versions, user=user)


def _answer(request: Request, form: ListForm, reply: ReadingListReply) -> Response:
    problem = " ".join(reply.refused.values())
    if is_json(request):
        papers = [paper.model_dump(mode="json") for paper in reply.papers]
        status = 409 if problem and not papers else 200
        return JSONResponse({"papers": papers, "refused": reply.refused, "error": problem}, status_code=status)
    if problem:
        raise HTTPException(409, problem)
    return RedirectResponse(local_path(form.next), status_code=303)
