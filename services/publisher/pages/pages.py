"""The pages of the reader; each reads the records in a thread and renders a template."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.pages.best_page import SPANS, build_best, read_days
from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.components import Desk
from services.publisher.pages.interests_page import build_interests
from services.publisher.pages.paper_page import build_paper
from services.publisher.pages.queues import reading_problems
from services.publisher.pages.search_page import Asked, SearchPage, paper_of, read_form
from services.publisher.pages.status_page import gather_status
from services.publisher.pages.templating import paper_path
from services.publisher.pages.today import build_day
from shared.contracts import Explain, ExplainReply, Hit
from shared.errors import RequestFailed
from shared.paper_ids import parse_paper_id

_WHY_SECONDS = 2.0
_MAX_TAGGED = 200


def router(desk: Desk) -> APIRouter:
    """Every page for people."""
    pages = APIRouter()

    @pages.get("/")
    async def today(request: Request) -> Response:
        return await _day(desk, request, None)

    @pages.get("/day/{text}")
    async def day(request: Request, text: str) -> Response:
        return await _day(desk, request, _date(text))

    @pages.get("/paper/{text:path}")
    async def paper(request: Request, text: str) -> Response:
        paper_id = _paper_id(text)
        if paper_id != text:
            return RedirectResponse(paper_path(paper_id), status_code=308)
        problems = reading_problems(await desk.queues.state())
        page = await asyncio.to_thread(build_paper, desk.library, desk.ratings, paper_id, problems)
        why = await _why(desk, paper_id) if page.known else None
        return render(desk, request, "paper.html", 200 if page.known else 404, page=page, card=page.card, why=why)

    @pages.get("/search")
    async def search(request: Request) -> Response:
        asked = read_form(request.query_params)
        if (wanted := _id_in(asked.query)) is not None:
            return RedirectResponse(paper_path(wanted), status_code=303)
        page = await _search(desk, asked)
        return render(desk, request, "search.html", query=asked.query, page=page)

    @pages.get("/best")
    async def best(request: Request, days: str = "") -> Response:
        page = await build_best(desk.bus, desk.library, desk.ratings, read_days(days))
        return render(desk, request, "best.html", page=page, spans=SPANS)

    @pages.get("/interests")
    async def interests(request: Request) -> Response:
        page = await build_interests(desk.bus, desk.library)
        return render(desk, request, "interests.html", page=page)

    @pages.get("/tags")
    async def tags(request: Request) -> Response:
        return render(desk, request, "tags.html", tags=await asyncio.to_thread(desk.library.tags))

    @pages.get("/tag/{slug}")
    async def tag(request: Request, slug: str) -> Response:
        name, paper_ids = await asyncio.to_thread(desk.library.tagged, slug)
        if not name:
            raise HTTPException(404, "No paper has this tag.")
        shown = paper_ids[:_MAX_TAGGED]
        cards = await asyncio.to_thread(build_cards, desk.library, desk.ratings, shown)
        return render(desk, request, "tag.html", name=name, total=len(paper_ids), cards=cards)

    @pages.get("/status")
    async def status(request: Request) -> Response:
        state = await gather_status(desk.health, desk.counter, desk.queues)
        return render(desk, request, "status.html", status=state)

    @pages.get("/login")
    async def login(request: Request, wrong: str = "") -> Response:
        if request.state.authorised:
            return RedirectResponse("/", status_code=303)
        return render(desk, request, "login.html", 401, wrong=bool(wrong))

    return pages


def render(desk: Desk, request: Request, template: str, status_code: int = 200, **facts: Any) -> Response:
    """A page; the template sees the facts and the request's path."""
    context = {
        "path": request.url.path,
        "query": "",
        "tag_label": desk.library.tag_label,
        "can_log_out": desk.gate.token is not None and request.state.authorised,
        **facts,
    }
    return desk.templates.TemplateResponse(request, template, context, status_code=status_code)


def error_page(desk: Desk, request: Request, status_code: int, detail: str) -> Response:
    """A page that says what is wrong."""
    return render(desk, request, "error.html", status_code, code=status_code, detail=detail)


async def _day(desk: Desk, request: Request, wanted: date | None) -> Response:
    problems = reading_problems(await desk.queues.state())
    page = await asyncio.to_thread(build_day, desk.library, desk.ratings, wanted, problems)
    if page is None:
        raise HTTPException(404, f"There is no selection of {wanted}.")
    return render(desk, request, "day.html", page=page)


async def _why(desk: Desk, paper_id: str) -> ExplainReply | None:
    """What moved a paper's score; None while the ranker does not answer: the page is worth showing without."""
    try:
        async with asyncio.timeout(_WHY_SECONDS):
            reply = await desk.bus.ask(Explain(paper_id=paper_id))
    except (RequestFailed, TimeoutError):
        return None
    return reply


async def _search(desk: Desk, asked: Asked) -> SearchPage:
    """What was found, or why nothing could be."""
    if asked.request is None:
        return SearchPage(asked, [], [], asked.problem)
    like = await asyncio.to_thread(build_cards, desk.library, desk.ratings, asked.request.like)
    try:
        reply = await desk.bus.ask(asked.request)
    except RequestFailed as error:
        problem = f"The search does not answer now: {error} See the status page for the ranker."
        return SearchPage(asked, [], like, problem)
    found = [hit.paper_id for hit in reply.hits]
    reasons = {hit.paper_id: hit.reasons for hit in reply.hits}
    cards = await asyncio.to_thread(build_cards, desk.library, desk.ratings, found, reasons=reasons)
    return SearchPage(
        asked, [_as_found(card, hit) for card, hit in zip(cards, reply.hits, strict=True)], like, "", reply.note
    )


def _as_found(card: Card, hit: Hit) -> Card:
    """A card that shows what was found in it; of a paper that is not stored, what arXiv says."""
    paper = card.paper or (paper_of(hit.unknown) if hit.unknown else None)
    return replace(card, paper=paper, marked_title=hit.title, snippet=hit.snippet)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(404, f"{text!r} is not a date; days look like 2026-11-06.") from error


def _paper_id(text: str) -> str:
    try:
        return parse_paper_id(text)
    except ValueError as error:
        raise HTTPException(404, f"{error}.") from error


def _id_in(query: str) -> str | None:
    try:
        return parse_paper_id(query)
    except ValueError:
        return None
