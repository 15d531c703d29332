"""The pages of the reader; each reads the records in a thread and renders a template."""

import asyncio
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.pages.best_page import SPANS, build_best, read_days
from services.publisher.pages.cards import Card, CardHit, build_cards
from services.publisher.pages.components import Components
from services.publisher.pages.day_page import build_day
from services.publisher.pages.document_page import CONTEXT_CHARS, build_document
from services.publisher.pages.interests_page import build_interests
from services.publisher.pages.paper_page import build_paper
from services.publisher.pages.search_page import SearchForm, SearchPage, paper_of, read_form
from services.publisher.pages.tag_page import build_category, build_tag, moved_to
from services.publisher.pages.templating import paper_path
from services.publisher.status.queues import summary_problems
from shared.contracts import Explain, ExplainReply, Hit
from shared.errors import RequestFailed
from shared.paper_ids import parse_paper_id

_EXPLAIN_SECONDS = 2.0
_MOST_DIGITS = 10


def router(components: Components) -> APIRouter:
    """Every page for people."""
    pages = APIRouter()

    @pages.get("/")
    async def today(request: Request) -> Response:
        return await _day(components, request, None)

    @pages.get("/day/{text}")
    async def day(request: Request, text: str) -> Response:
        return await _day(components, request, _date(text))

    @pages.get("/paper/{text:path}/document")
    async def document(request: Request, text: str) -> Response:
        paper_id = _paper_id(text)
        start, end, version, context = (_number(request, name) for name in ("start", "end", "version", "context"))
        place = start or 0, end or start or 0, version, context or CONTEXT_CHARS
        page = await asyncio.to_thread(build_document, components.records, paper_id, *place)
        return render(components, request, "document.html", 404 if page.problem else 200, page=page)

    @pages.get("/paper/{text:path}")
    async def paper(request: Request, text: str) -> Response:
        paper_id = _paper_id(text)
        if paper_id != text:
            return RedirectResponse(paper_path(paper_id), status_code=308)
        queues = await components.status.queues.state()
        problems = summary_problems(queues)
        page = await asyncio.to_thread(build_paper, components.records, components.ratings, paper_id, problems)
        explanation = await _explanation(components, paper_id) if page.is_stored else None
        facts = {
            "page": page,
            "card": page.card,
            "explanation": explanation,
            "requested": components.summary_requests.state(paper_id, queues.letters),
        }
        return render(components, request, "paper.html", 200 if page.is_stored else 404, **facts)

    @pages.get("/search")
    async def search(request: Request) -> Response:
        form = read_form(request.query_params)
        if (wanted := _id_in(form.query)) is not None:
            return RedirectResponse(paper_path(wanted), status_code=303)
        page = await _search(components, form)
        return render(components, request, "search.html", query=form.query, page=page)

    @pages.get("/best")
    async def best(request: Request, days: str = "") -> Response:
        page = await build_best(components.bus, components.records, components.ratings, read_days(days))
        return render(components, request, "best.html", page=page, spans=SPANS)

    @pages.get("/interests")
    async def interests(request: Request) -> Response:
        page = await build_interests(components.bus, components.records)
        return render(components, request, "interests.html", page=page)

    @pages.get("/tags")
    async def tags(request: Request) -> Response:
        records = components.records
        tags, categories = await asyncio.to_thread(lambda: (records.tags(), records.categories()))
        return render(components, request, "tags.html", tags=tags, categories=categories)

    @pages.get("/tag/{slug}")
    async def tag(request: Request, slug: str) -> Response:
        page = await asyncio.to_thread(build_tag, components.records, components.ratings, slug)
        if page is not None:
            return render(components, request, "tag.html", page=page)
        address = await asyncio.to_thread(moved_to, components.records, slug)
        if address is None:
            raise HTTPException(404, "No paper has this tag.")
        return RedirectResponse(address, status_code=302)  # a merge can be undone

    @pages.get("/category/{category}")
    async def category(request: Request, category: str) -> Response:
        page = await asyncio.to_thread(build_category, components.records, components.ratings, category)
        if page is None:
            raise HTTPException(404, "No summarised paper is in this category.")
        return render(components, request, "tag.html", page=page)

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


def render(components: Components, request: Request, template: str, status_code: int = 200, **facts: Any) -> Response:
    """A page; the template sees the facts and the request's path."""
    context = {
        "path": request.url.path,
        "query": "",
        "tag_label": components.records.tag_label,
        "can_log_out": components.access.token is not None and request.state.authorised,
        **facts,
    }
    return components.templates.TemplateResponse(request, template, context, status_code=status_code)


def error_page(components: Components, request: Request, status_code: int, detail: str) -> Response:
    """A page that says what is wrong."""
    if detail == HTTPStatus.NOT_FOUND.phrase:
        detail = "There is nothing at this address."
    return render(components, request, "error.html", status_code, code=status_code, detail=detail)


async def _day(components: Components, request: Request, wanted: date | None) -> Response:
    problems = summary_problems(await components.status.queues.state())
    page = await asyncio.to_thread(build_day, components.records, components.ratings, wanted, problems)
    if page is None:
        raise HTTPException(404, f"There are no picks of {wanted}.")
    return render(components, request, "day.html", page=page)


async def _explanation(components: Components, paper_id: str) -> ExplainReply | None:
    """What affects a paper's rank; None while the ranker does not answer: the page is worth showing without."""
    try:
        async with asyncio.timeout(_EXPLAIN_SECONDS):
            reply = await components.bus.ask(Explain(paper_id=paper_id))
    except (RequestFailed, TimeoutError):
        return None
    return reply


async def _search(components: Components, form: SearchForm) -> SearchPage:
    """The papers that match a form, or why there are none."""
    if form.request is None:
        return SearchPage(form, [], [], form.problem)
    like = await asyncio.to_thread(build_cards, components.records, components.ratings, form.request.like)
    try:
        reply = await components.bus.ask(form.request)
    except RequestFailed as error:
        return SearchPage(form, [], like, f"No search right now: {error} See the status page.")
    hits = {hit.paper_id: CardHit(hit.reasons, title=hit.title, snippet=hit.snippet) for hit in reply.hits}
    cards = await asyncio.to_thread(build_cards, components.records, components.ratings, list(hits), hits=hits)
    shown = [_with_metadata(card, hit) for card, hit in zip(cards, reply.hits, strict=True)]
    return SearchPage(form, shown, like, "", reply.note)


def _with_metadata(card: Card, hit: Hit) -> Card:
    """The card of a paper that is not stored, with the metadata that arXiv's search gave."""
    return replace(card, paper=paper_of(hit.unknown)) if card.paper is None and hit.unknown else card


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(404, f"{text!r} is not a valid date (YYYY-MM-DD).") from error


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS):
        raise HTTPException(404, f"{name} must be a whole number, not {text[:40]!r}.")
    return int(text) if text else None


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
