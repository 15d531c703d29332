"""The pages of the reader; each reads the records in a thread and renders a template."""

import asyncio
from dataclasses import replace
from datetime import date

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.pages.addresses import read_date, read_number, read_paper_id
from services.publisher.pages.best_page import SPANS, build_best, read_days
from services.publisher.pages.cards import Card, CardHit, build_cards
from services.publisher.pages.components import Components
from services.publisher.pages.day_page import build_day
from services.publisher.pages.document_page import CONTEXT_CHARS, build_document
from services.publisher.pages.interests_page import build_interests
from services.publisher.pages.paper_page import build_paper
from services.publisher.pages.responses import render
from services.publisher.pages.search_page import SearchForm, SearchPage, paper_of, read_form
from services.publisher.pages.templating import paper_path
from services.publisher.status.queues import summary_problems
from shared.contracts import Explain, ExplainReply, Hit
from shared.errors import RequestFailed
from shared.paper_ids import parse_paper_id

_EXPLAIN_SECONDS = 2.0


def router(components: Components) -> APIRouter:
    """Every page for people."""
    pages = APIRouter()

    @pages.get("/")
    async def today(request: Request) -> Response:
        return await _day(components, request, None)

    @pages.get("/day/{text}")
    async def day(request: Request, text: str) -> Response:
        return await _day(components, request, read_date(text))

    @pages.get("/paper/{text:path}/document")
    async def document(request: Request, text: str) -> Response:
        paper_id = read_paper_id(text)
        start, end, version, context = (read_number(request, name) for name in ("start", "end", "version", "context"))
        place = start or 0, end or start or 0, version, context or CONTEXT_CHARS
        page = await asyncio.to_thread(build_document, components.of(request).records, paper_id, *place)
        return render(components, request, "document.html", 404 if page.problem else 200, page=page)

    @pages.get("/paper/{text:path}")
    async def paper(request: Request, text: str) -> Response:
        paper_id = read_paper_id(text)
        if paper_id != text:
            return RedirectResponse(paper_path(paper_id), status_code=308)
        queues = await components.status.queues.state()
        problems = summary_problems(queues)
        mine = components.of(request)
        requested = components.summary_requests.state(paper_id, queues.letters)
        facts_of = (mine.records, mine.ratings, paper_id, problems, requested.requested_at)
        page = await asyncio.to_thread(build_paper, *facts_of)
        explanation = await _explanation(components.of(request), paper_id) if page.is_stored else None
        facts = {
            "page": page,
            "card": page.card,
            "explanation": explanation,
            "requested": requested,
        }
        return render(components, request, "paper.html", 200 if page.is_stored else 404, **facts)

    @pages.get("/search")
    async def search(request: Request) -> Response:
        form = read_form(request.query_params)
        if (wanted := _id_in(form.query)) is not None:
            return RedirectResponse(paper_path(wanted), status_code=303)
        page = await _search(components.of(request), form)
        return render(components, request, "search.html", query=form.query, page=page)

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
        state = await components.status.gather()
        return render(components, request, "status.html", status=state)

    @pages.get("/login")
    async def login(request: Request, wrong: str = "") -> Response:
        if request.state.authorised:
            return RedirectResponse("/", status_code=303)
        return render(components, request, "login.html", 401, wrong=bool(wrong))

    return pages


async def _day(components: Components, request: Request, wanted: date | None) -> Response:
    mine = components.of(request)
    problems = summary_problems(await components.status.queues.state())
    page = await asyncio.to_thread(build_day, mine.records, mine.ratings, wanted, problems)
    if page is None:
        raise HTTPException(404, f"There are no picks of {wanted}.")
    return render(components, request, "day.html", page=page)


async def _explanation(components: Components, paper_id: str) -> ExplainReply | None:
    """What affects a paper's rank; None while the ranker does not answer: the page is worth showing without."""
    try:
        async with asyncio.timeout(_EXPLAIN_SECONDS):
            reply = await components.bus.ask(Explain(paper_id=paper_id, user=components.user))
    except (RequestFailed, TimeoutError):
        return None
    return reply


async def _search(components: Components, form: SearchForm) -> SearchPage:
    """The papers that match a form, or why there are none."""
    if form.request is None:
        return SearchPage(form, [], [], form.problem)
    like = await asyncio.to_thread(build_cards, components.records, components.ratings, form.request.like)
    try:
        reply = await components.bus.ask(form.request.model_copy(update={"user": components.user}))
    except RequestFailed as error:
        return SearchPage(form, [], like, f"No search right now: {error} See the status page.")
    hits = {hit.paper_id: CardHit(hit.reasons, title=hit.title, snippet=hit.snippet) for hit in reply.hits}
    cards = await asyncio.to_thread(build_cards, components.records, components.ratings, list(hits), hits=hits)
    shown = [_with_metadata(card, hit) for card, hit in zip(cards, reply.hits, strict=True)]
    return SearchPage(form, shown, like, "", reply.note)


def _with_metadata(card: Card, hit: Hit) -> Card:
    """The card of a paper that is not stored, with the metadata that arXiv's search gave."""
    return replace(card, paper=paper_of(hit.unknown)) if card.paper is None and hit.unknown else card


def _id_in(query: str) -> str | None:
    try:
        return parse_paper_id(query)
    except ValueError:
        return None
