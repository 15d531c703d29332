"""The pages of the reader; each reads the records in a thread and renders a template."""

import asyncio
from dataclasses import replace
from datetime import date

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.access.local_path import local_path
from services.publisher.pages.addresses import read_date, read_paper_id
from services.publisher.pages.best_page import SPANS, build_best, read_days
from services.publisher.pages.components import Components
from services.publisher.pages.day_page import build_day
from services.publisher.pages.interests_page import build_interests
from services.publisher.pages.paper_page import build_paper
from services.publisher.pages.responses import render
from services.publisher.pages.templating import paper_path
from services.publisher.paper.revisions.paper_revision import with_reworded
from services.publisher.reading.citations.weekly_offers import DISMISSED, WeeklyOffers, week_of
from services.publisher.reading.translating.wishes import LANGUAGES
from services.publisher.system.status.queues import summary_problems
from shared.contracts import Explain, ExplainReply, now
from shared.errors import RequestFailed

_EXPLAIN_SECONDS = 2.0


def router(components: Components, offers: WeeklyOffers) -> APIRouter:
    """Every page for people."""
    pages = APIRouter()

    @pages.get("/")
    async def today(request: Request) -> Response:
        return await _day(components, request, None, offers)

    @pages.get("/day/{text}")
    async def day(request: Request, text: str) -> Response:
        return await _day(components, request, read_date(text), offers)

    @pages.get("/paper/{text:path}")
    async def paper(request: Request, text: str) -> Response:
        if text.endswith("/"):
            return RedirectResponse(paper_path(text.rstrip("/")), status_code=308)
        paper_id = read_paper_id(text)
        if paper_id != text:
            return RedirectResponse(paper_path(paper_id), status_code=308)
        queues = await components.status.queues.state()
        problems = summary_problems(queues)
        mine = components.of(request)
        requested = components.summary_requests.state(paper_id, queues.letters)
        note = await asyncio.to_thread(mine.notes.get, mine.user, paper_id)
        facts_of = (mine.records, mine.ratings, paper_id, problems, requested.requested_at, note.text)
        page = await asyncio.to_thread(build_paper, *facts_of)
        page = replace(page, revision=await with_reworded(page.revision, components.bus))
        explanation = await _explanation(components.of(request), paper_id) if page.is_stored else None
        facts = {
            "page": page,
            "card": page.card,
            "explanation": explanation,
            "note": note,
            "requested": requested,
            "languages": LANGUAGES,
        }
        return render(components, request, "paper.html", 200 if page.is_stored else 404, **facts)

    @pages.get("/best")
    async def best(request: Request, days: str = "") -> Response:
        mine = components.of(request)
        page = await build_best(components.bus, mine.records, mine.ratings, read_days(days))
        return render(components, request, "best.html", page=page, spans=SPANS)

    @pages.get("/interests")
    async def interests(request: Request) -> Response:
        page = await build_interests(components.bus, components.of(request).records)
        return render(components, request, "interests.html", page=page)

    @pages.get("/status")
    async def status(request: Request) -> Response:
        state, connections = await components.status.gather(), components.status.connections
        mine = await asyncio.to_thread(connections.of, components.of(request).user) if connections else None
        return render(components, request, "status.html", status=state, connections=mine)

    @pages.get("/login")
    async def login(request: Request, wrong: str = "") -> Response:
        wanted = local_path(request.query_params.get("next", "/"))
        if request.state.authorised:
            return RedirectResponse(wanted, status_code=303)
        return render(components, request, "login.html", 401, wrong=bool(wrong), wanted=wanted)

    return pages


async def _day(components: Components, request: Request, wanted: date | None, offers: WeeklyOffers) -> Response:
    mine = components.of(request)
    problems = summary_problems(await components.status.queues.state())
    page = await asyncio.to_thread(build_day, mine.records, mine.ratings, wanted, problems)
    if page is None:
        raise HTTPException(404, f"There are no picks of {wanted}.")
    week = week_of(now())
    is_offered = wanted is None and request.cookies.get(DISMISSED) != week
    offered = await offers.of(mine, week) if is_offered else []
    return render(components, request, "day.html", page=page, offers=offered, week=week)


async def _explanation(components: Components, paper_id: str) -> ExplainReply | None:
    """What affects a paper's rank; None while the ranker does not answer: the page is worth showing without."""
    try:
        async with asyncio.timeout(_EXPLAIN_SECONDS):
            reply = await components.bus.ask(Explain(paper_id=paper_id, user=components.user))
    except (RequestFailed, TimeoutError):
        return None
    return reply
