"""The full text of a paper, its pictures, and how it likes to be shown."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.access.local_path import local_path
from services.publisher.api.forms import read_fields
from services.publisher.pages.addresses import read_number, read_paper_id
from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.pages.templating import paper_path, text_path
from services.publisher.reading.citations.cited_card import CitedPapers
from services.publisher.reading.citations.standings import Standing
from services.publisher.reading.fulltext.reading_copies import ReadingCopies
from services.publisher.reading.fulltext.reading_style import SIZES, WIDTHS, keep_style, known_style, reading_style
from services.publisher.reading.fulltext.text_page import Place, TextPage, build_text, version_to_show
from services.publisher.reading.selecting.source_words import source_of
from services.publisher.reading.skimming.skim import LEVELS, NO_SKIM, Skim, Skims
from services.publisher.reading.translating.wishes import LANGUAGES
from services.publisher.records.records import Records
from shared.contracts import Document
from shared.errors import RequestFailed
from shared.licences import licence_name
from shared.paper_labels import paper_label

_PICTURE_HEADERS = {"Cache-Control": "private, max-age=86400", "Content-Disposition": "inline"}


def router(components: Components) -> APIRouter:
    """`/paper/ID/text` and what belongs to it."""
    pages = APIRouter()
    copies, skims = ReadingCopies(), Skims()

    @pages.get("/paper/{text:path}/text")
    async def full_text(request: Request, text: str) -> Response:
        own = components.of(request).library.own_file(text)
        paper_id = text if own is not None else read_paper_id(text)
        if paper_id != text:
            return RedirectResponse(f"{paper_path(paper_id)}/text?{request.url.query}", status_code=308)
        mine, place, style = components.of(request), _place(request), reading_style(request)
        skim = await _skim(mine, skims, paper_id, place) if style.skim != "0" else NO_SKIM
        page = await asyncio.to_thread(build_text, mine.records, copies, paper_id, place, skim)
        facts = {
            "page": page,
            "card": None if own else await asyncio.to_thread(_card, mine, paper_id),
            "cited": await asyncio.to_thread(_standings, components.of(request), page),
            "own": own,
            "note": await asyncio.to_thread(mine.notes.get, mine.user, paper_id) if own else None,
            "cite": source_of(page, own),
            "asked_version": read_number(request, "version"),
            "here": f"{request.url.path}?{request.url.query}".rstrip("?"),
            "user": components.of(request).user,
            "style": style,
            "levels": LEVELS,
            "languages": LANGUAGES,
            "sizes": SIZES,
            "widths": WIDTHS,
        }
        return render(components, request, "text.html", 404 if page.problem else 200, **facts)

    @pages.post("/paper/{text:path}/text")
    async def fetch_text(request: Request, text: str) -> Response:
        paper_id = read_paper_id(text)
        try:
            reply = await components.bus.ask(Document(paper_id=paper_id))
        except RequestFailed as error:
            raise HTTPException(503, f"The text could not be fetched: {error}") from error
        if reply.status != "converted":
            status = reply.status.replace("_", " ")
            raise HTTPException(404, f"There is no text of {paper_label(paper_id)} to show ({status}): {reply.detail}")
        return RedirectResponse(text_path(paper_id), status_code=303)

    @pages.get("/paper/{text:path}/document")  # the former address
    async def document(request: Request, text: str) -> Response:
        kept = {name: value for name in ("start", "end", "version") if (value := request.query_params.get(name))}
        query = f"?{urlencode(kept)}" if kept else ""
        return RedirectResponse(f"{paper_path(read_paper_id(text))}/text{query}", status_code=308)

    @pages.get("/paper/{text:path}/picture/{version}/{file}")
    async def picture(request: Request, text: str, version: str, file: str) -> Response:
        number = int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0
        content = await asyncio.to_thread(_picture, components.of(request).records, read_paper_id(text), number, file)
        if content is None:
            raise HTTPException(404, "There is no such picture.")
        return Response(content, media_type="image/webp", headers=_PICTURE_HEADERS)

    @pages.post("/reading-style")
    async def style(request: Request) -> Response:
        fields = await read_fields(request)
        wanted = known_style(fields.get("size"), fields.get("width"), fields.get("skim"), reading_style(request))
        response = RedirectResponse(local_path(str(fields.get("next", "/"))), status_code=303)
        return keep_style(response, wanted, is_secure=request.url.scheme == "https")

    return pages


async def _skim(mine: Components, skims: Skims, paper_id: str, place: Place) -> Skim | None:
    """None where nobody says what the sentences of the text say."""
    version = await asyncio.to_thread(version_to_show, mine.records, paper_id, place.version)
    return await skims.of(mine, paper_id, version) if version else NO_SKIM


def _card(mine: Components, paper_id: str) -> Card:
    return build_cards(mine.records, mine.ratings, [paper_id])[0]


def _place(request: Request) -> Place:
    """Raises HTTPException 404 where a number of the address is none."""
    start, end, version, part = (read_number(request, name) for name in ("start", "end", "version", "part"))
    return Place(start, end, request.query_params.get("claim", "")[:100], part, version)


def _standings(mine: Components, page: TextPage) -> Mapping[int, Standing]:
    """What the person did with each paper that the text cites, by the number of its reference."""
    references = page.record.references if page.record else ()
    return CitedPapers(mine.records, mine.ratings).by_number(references) if references else {}


def _picture(records: Records, paper_id: str, version: int, file: str) -> bytes | None:
    """A picture that the report of the text names, of a paper whose licence lets it be shown."""
    paper, record = records.papers([paper_id]).get(paper_id), records.documents.record(paper_id, version)
    is_free = paper is not None and licence_name(paper.license) is not None
    is_listed = record is not None and any(picture.file == file for picture in record.pictures)
    return records.documents.picture(paper_id, version, file) if version and is_free and is_listed else None
