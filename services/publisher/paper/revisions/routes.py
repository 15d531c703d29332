"""The page of all new versions of papers that a person knows."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.paper.revisions.news import recent_news


def router(components: Components) -> APIRouter:
    """`/revisions`."""
    pages = APIRouter()

    @pages.get("/revisions")
    async def revisions(request: Request) -> Response:
        mine = components.of(request)
        news = await asyncio.to_thread(recent_news, mine.records, mine.ratings)
        return render(components, request, "revisions/news.html", news=news)

    return pages
