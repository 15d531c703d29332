"""A citation of a text opened in place, the metadata of a cited paper on demand, and who cites a paper."""

import asyncio
import re

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.api.forms import read_fields
from services.publisher.pages.addresses import read_number, read_paper_id
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.reading.citations.bibliographies import Bibliographies
from services.publisher.reading.citations.cited_card import CitedCard, build_cited_card
from services.publisher.reading.citations.citing_papers import CitingPaper, citing_papers
from services.publisher.reading.citations.weekly_offers import DISMISSED
from services.publisher.reading.fulltext.readable import readable_id
from shared.contracts import Lookup
from shared.errors import RequestFailed
from shared.paper_labels import paper_label

_WEEK = re.compile(r"\d{4}-W\d{2}", re.ASCII)
_WEEK_SECONDS = 7 * 24 * 3600


def router(components: Components, bibliographies: Bibliographies) -> APIRouter:
    """To be included before the page of a paper, whose address takes in all that follows."""
    pages = APIRouter()

    @pages.get("/paper/{text:path}/citing")
    async def citing(request: Request, text: str) -> Response:
        mine, paper_id = components.of(request), read_paper_id(text)
        template = "citations/_citing.html" if "part" in request.query_params else "citations/citing.html"
        found = await asyncio.to_thread(_citing, mine, bibliographies, paper_id)
        return render(components, request, template, paper_id=paper_id, citing=found)

    @pages.get("/paper/{text:path}/text/cited/{number}")
    async def cited(request: Request, text: str, number: str) -> Response:
        return await _card(components, request, text, number)

    @pages.post("/paper/{text:path}/text/cited/{number}")
    async def look_up(request: Request, text: str, number: str) -> Response:
        await read_fields(request)
        card = await _build(components, request, text, number)
        if card.card is None:
            raise HTTPException(404, "Which paper this reference means is not known, so nothing can be looked up.")
        try:
            reply = await components.bus.ask(Lookup(paper_ids=(card.card.paper_id,)))
        except RequestFailed as error:
            return await _card(components, request, text, number, f"arXiv was not asked: {error}")
        why = reply.missing.get(card.card.paper_id, "")
        return await _card(components, request, text, number, why and f"arXiv has no such paper: {why}")

    @pages.post("/offers/dismiss")
    async def dismiss(request: Request) -> Response:
        week = str((await read_fields(request)).get("week", ""))
        response = RedirectResponse("/", status_code=303)
        if _WEEK.fullmatch(week):
            is_secure = request.url.scheme == "https"
            response.set_cookie(DISMISSED, week, max_age=_WEEK_SECONDS, httponly=True, samesite="lax", secure=is_secure)
        return response

    return pages


def _citing(mine: Components, bibliographies: Bibliographies, paper_id: str) -> list[CitingPaper]:
    """Raises HTTPException 404."""
    paper = mine.records.papers([paper_id]).get(paper_id)
    if paper is None:
        raise HTTPException(404, f"{paper_label(paper_id)} is not in your library.")
    return citing_papers(mine, bibliographies, paper)


async def _card(components: Components, request: Request, text: str, number: str, problem: str = "") -> Response:
    """The card as a part of a page; a whole page, without script, is that of the references."""
    card = await _build(components, request, text, number)
    if "text/html" in request.headers.get("accept", "") and "part" not in request.query_params:
        return RedirectResponse(f"/paper/{card.citing_id}/text#ref-{card.number}", status_code=303)
    return render(components, request, "citations/_card.html", cited=card, problem=problem)


async def _build(components: Components, request: Request, text: str, number: str) -> CitedCard:
    """Raises HTTPException 404."""
    mine = components.of(request)
    paper_id = readable_id(mine, text)
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    version = read_number(request, "version")
    card = await asyncio.to_thread(build_cited_card, mine, paper_id, version, place)
    if card is None:
        raise HTTPException(404, "The text has no such reference; it may have been converted again since.")
    return card
