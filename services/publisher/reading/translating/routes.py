"""Translations of the paragraphs that a page shows, and of a summary with its abstract."""

import asyncio
import re
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.publisher.api.forms import read_fields
from services.publisher.pages.addresses import read_paper_id
from services.publisher.pages.cards import build_cards
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.reading.fulltext.readable import readable_id
from services.publisher.reading.fulltext.reading_copies import ReadingCopies
from services.publisher.reading.translating.translated_blocks import paragraphs_at, with_translations
from services.publisher.reading.translating.translated_summary import requests_of, with_words, words_of
from services.publisher.reading.translating.wishes import LANGUAGES
from shared.contracts import Translate, TranslateReply
from shared.errors import RequestFailed

_MOST_BYTES, _MOST_BLOCKS = 60_000, 20
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


def router(components: Components) -> APIRouter:
    """To be included before the page of a paper, whose address takes in all that follows."""
    pages = APIRouter()
    copies = ReadingCopies()

    @pages.post("/paper/{text:path}/text/translation")
    async def translate(request: Request, text: str) -> Response:
        mine = components.of(request)
        paper_id = readable_id(mine, text)
        fields = {name: str(value) for name, value in (await read_fields(request, _MOST_BYTES)).items()}
        version, part = _number(fields, "version"), max(1, _number(fields, "part"))
        starts = [int(start) for start in _NUMBER.findall(fields.get("starts", ""))][:_MOST_BLOCKS]
        language = fields.get("language", "")
        opened = await asyncio.to_thread(copies.get, mine.records, paper_id, version) if version else None
        if opened is None or language not in LANGUAGES:
            raise HTTPException(404, "There is no such text, or no such language, to translate.")
        paragraphs, later = paragraphs_at(opened, starts)
        reply = TranslateReply()
        if paragraphs:
            glossary = await asyncio.to_thread(mine.glossaries.get, mine.user, language)
            sentences = tuple(sentence for paragraph in paragraphs for sentence in paragraph.sentences)
            reply = await _ask(
                mine,
                Translate(
                    paper_id=paper_id,
                    version=version,
                    sentences=sentences,
                    language=language,
                    glossary=glossary.terms,
                    user=mine.user,
                ),
            )
        shown = with_translations(opened, part, paragraphs, reply.translations)
        facts: dict[str, Any] = {"paragraphs": shown, "later": later, "language": language, "problem": reply.problem}
        return render(components, request, "translating/_paragraphs.html", **facts)

    @pages.post("/paper/{text:path}/translation")
    async def translate_summary(request: Request, text: str) -> Response:
        mine = components.of(request)
        paper_id = read_paper_id(text)
        fields = {name: str(value) for name, value in (await read_fields(request, _MOST_BYTES)).items()}
        language = fields.get("language", "")
        (card,) = await asyncio.to_thread(build_cards, mine.records, mine.ratings, [paper_id])
        words = words_of(card)
        if not words or language not in LANGUAGES:
            raise HTTPException(404, "There is no such summary, or no such language, to translate.")
        glossary = await asyncio.to_thread(mine.glossaries.get, mine.user, language)
        translations: list[str] = []
        problem = ""
        for sentences in requests_of(words):
            wanted = Translate(
                paper_id=paper_id,
                version=card.paper.version if card.paper else 1,
                sentences=sentences,
                language=language,
                glossary=glossary.terms,
                user=mine.user,
            )
            reply = await _ask(mine, wanted)
            problem = problem or reply.problem
            if not reply.translations:
                break
            translations += reply.translations
        facts: dict[str, Any] = {"parts": with_words(words, translations), "language": language, "problem": problem}
        return render(components, request, "translating/_summary.html", **facts)

    return pages


async def _ask(mine: Components, wanted: Translate) -> TranslateReply:
    try:
        return await mine.bus.ask(wanted)
    except RequestFailed as error:
        return TranslateReply(problem=f"Nothing can be translated now: {error}")


def _number(fields: dict[str, str], name: str) -> int:
    text = fields.get(name, "")
    return int(text) if _NUMBER.fullmatch(text) else 0
