"""Feeds at their secret addresses, and the page that tells these."""

import asyncio
import hashlib
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.access.membership import is_member
from services.publisher.outgoing import Outgoing
from services.publisher.outlets.feeds.feed import build_feed
from services.publisher.outlets.feeds.formats import FEEDS
from services.publisher.outlets.webhooks.told_chats import chats_of
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from shared.errors import TemporaryFailure


def router(components: Components, outgoing: Outgoing) -> APIRouter:
    """Feeds and their page."""
    feeds = APIRouter()
    keys = outgoing.feed_keys

    @feeds.get("/feed/{key}/{name}")
    async def feed(request: Request, key: str, name: str) -> Response:
        user = await asyncio.to_thread(keys.user_of, key)
        if user is None or not is_member(components.access, user) or name not in FEEDS:
            raise HTTPException(404, "There is no feed at this address; its owner may have renewed it.")
        request.state.user = user
        content = await asyncio.to_thread(_content, components.of(request), request, name)
        return _unless_known(request, content, FEEDS[name].media_type)

    @feeds.get("/feeds")
    async def page(request: Request) -> Response:
        return await _page(components.of(request), request, outgoing)

    @feeds.post("/feeds/renew")
    async def renew(request: Request) -> Response:
        try:
            await asyncio.to_thread(keys.renew, components.of(request).user)
        except TemporaryFailure as error:
            raise HTTPException(503, f"The address was not renewed: {error}") from error
        return RedirectResponse("/feeds?renewed=1", status_code=303)

    return feeds


async def _page(mine: Components, request: Request, outgoing: Outgoing) -> Response:
    try:
        key, problem = await asyncio.to_thread(outgoing.feed_keys.key_of, mine.user), ""
    except TemporaryFailure as error:
        key, problem = "", f"There is no feed address, because it could not be stored: {error}"
    base = _base(request)
    facts: dict[str, Any] = {
        "addresses": [(kind.label, f"{base}/feed/{key}/{name}") for name, kind in FEEDS.items()] if key else [],
        "problem": problem,
        "is_renewed": "renewed" in request.query_params,
        "digest_address": outgoing.settings.address_of(mine.user),
        "digest": await asyncio.to_thread(outgoing.subscriptions.get, mine.user),
        "digest_time": f"{outgoing.settings.not_before:%H:%M} {outgoing.settings.timezone}",
        "is_sent": "sent" in request.query_params,
        "chat_saved": "chat_saved" in request.query_params,
        "chat_tested": request.query_params.get("chat_tested", "")[:100],
        "chats": await asyncio.to_thread(chats_of, mine.user, outgoing.webhooks, outgoing.deliveries),
    }
    return render(mine, request, "feeds.html", 503 if problem else 200, **facts)


def _content(mine: Components, request: Request, name: str) -> bytes:
    base = _base(request)
    return FEEDS[name].write(build_feed(mine, base, f"{base}{request.url.path}"))


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _unless_known(request: Request, content: bytes, media_type: str) -> Response:
    """The content, or 304 where the feed reader has it already: feeds are asked for all day."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
