"""Where the links of the digest lead, and its switch on the page of feeds.

These pages need no session: what a link may do is signed into it. A GET changes nothing, because programs that scan
e-mails follow every link; mail programs unsubscribe by a POST of their own (RFC 8058).
"""

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.access.membership import is_member
from services.publisher.api.event_sender import EventSender
from services.publisher.api.forms import read_fields
from services.publisher.outgoing import Outgoing
from services.publisher.outlets.digest.signed_links import MailAction
from services.publisher.outlets.digest.subscriptions import Subscriptions
from services.publisher.pages.cards import build_cards
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from shared.contracts import FeedbackLabel, Label
from shared.errors import TemporaryFailure

_RATING_WORDS: dict[str, tuple[str, Label, str]] = {
    "like": ("Like this paper?", "like", "Like"),
    "dislike": ("Dislike this paper?", "dislike", "Dislike"),
}
_OLD_LINK = "This link is not valid: it is incomplete or too old. Rate the paper on its page instead."


def router(components: Components, sender: EventSender, outgoing: Outgoing) -> APIRouter:
    """Pages behind links in e-mails, and the forms of the page of feeds."""
    mail = APIRouter()
    links, subscriptions, digest = outgoing.links, outgoing.subscriptions, outgoing.digest

    async def read(request: Request) -> tuple[str, MailAction]:
        """The token, of the address or of the form, and what it asks for. Raises HTTPException 404."""
        fields = await read_fields(request) if request.method == "POST" else {}
        token = str(fields.get("t") or request.query_params.get("t", ""))
        action = await asyncio.to_thread(links.read, token)
        if action is None or not is_member(components.access, action.user):
            raise HTTPException(404, _OLD_LINK)
        return token, action

    @mail.get("/mail/rate")
    async def ask_about_rating(request: Request) -> Response:
        return await _rating_page(components, request, *await read(request))

    @mail.post("/mail/rate")
    async def rate(request: Request) -> Response:
        token, action = await read(request)
        _, label, _ = _words(action)
        event = FeedbackLabel(paper_ids=(action.paper_id,), label=label, source="digest", user=action.user)
        problem = await sender.send(event)
        if problem is None:
            await asyncio.to_thread(components.of_user(action.user).ratings.add_published, event)
        return await _rating_page(components, request, token, action, is_done=problem is None, problem=problem or "")

    @mail.get("/mail/unsubscribe")
    async def ask_about_unsubscribing(request: Request) -> Response:
        token, action = await read(request)
        return _unsubscribe_page(components, request, token, action)

    @mail.post("/mail/unsubscribe")
    async def unsubscribe(request: Request) -> Response:
        token, action = await read(request)
        _check_unsubscribes(action)
        await _want(subscriptions, action.user, is_wanted=False)
        return _unsubscribe_page(components, request, token, action, is_done=True)

    @mail.post("/digest")
    async def switch(request: Request) -> Response:
        """Subscribe, unsubscribe, or have the newest digest sent now."""
        wish, user = (await read_fields(request)).get("do"), components.of(request).user
        if wish == "send" and digest is not None:
            problem = await asyncio.to_thread(digest.send_now, user)
            if problem:
                raise HTTPException(503, f"The e-mail was not sent: {problem}")
            return RedirectResponse("/feeds?sent=1#digest", status_code=303)
        if wish not in ("subscribe", "unsubscribe"):
            raise HTTPException(422, "Not a valid wish: subscribe, unsubscribe or send.")
        await _want(subscriptions, user, is_wanted=wish == "subscribe")
        return RedirectResponse("/feeds#digest", status_code=303)

    return mail


async def _want(subscriptions: Subscriptions, user: str, *, is_wanted: bool) -> None:
    try:
        await asyncio.to_thread(lambda: subscriptions.want(user, is_wanted=is_wanted))
    except TemporaryFailure as error:
        raise HTTPException(503, f"That was not saved: {error}") from error


def _words(action: MailAction) -> tuple[str, Label, str]:
    """Heading, label and button of a rating. Raises HTTPException 404 where the link is about none."""
    if action.wish not in _RATING_WORDS:
        raise HTTPException(404, _OLD_LINK)
    return _RATING_WORDS[action.wish]


def _check_unsubscribes(action: MailAction) -> None:
    if action.wish != "unsubscribe":
        raise HTTPException(404, _OLD_LINK)


async def _rating_page(
    components: Components,
    request: Request,
    token: str,
    action: MailAction,
    *,
    is_done: bool = False,
    problem: str = "",
) -> Response:
    heading, label, button = _words(action)
    theirs = components.of_user(action.user)
    (card,) = await asyncio.to_thread(build_cards, theirs.records, theirs.ratings, [action.paper_id])
    facts: dict[str, Any] = {
        "heading": f"{label.capitalize()}d" if is_done else heading,
        "button": button,
        "card": card,
    }
    done = "Your rating is saved."
    trouble = f"Your rating was not saved ({problem}). Try again in a moment." if problem else ""
    return render(
        components, request, "mail_action.html", 503 if problem else 200,
        **facts, token=token, is_done=is_done, done=done, problem=trouble,
    )  # fmt: skip


def _unsubscribe_page(
    components: Components, request: Request, token: str, action: MailAction, *, is_done: bool = False
) -> Response:
    _check_unsubscribes(action)
    facts: dict[str, Any] = {
        "heading": "Unsubscribed" if is_done else "Stop the daily e-mail?",
        "button": "Unsubscribe",
        "card": None,
        "token": token,
        "is_done": is_done,
        "done": "No more daily e-mails will be sent to you. You can subscribe again on the page of feeds.",
        "problem": "",
    }
    return render(components, request, "mail_action.html", **facts)
