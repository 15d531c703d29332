"""The forms of chats and phones on the page of feeds: each person's own."""

import asyncio
import uuid
from urllib.parse import quote

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.api.forms import read_fields
from services.publisher.outgoing import Outgoing
from services.publisher.outlets.webhooks.chats.chat import TEST_HEADING, Message
from services.publisher.outlets.webhooks.choices import wish_of
from services.publisher.outlets.webhooks.sending import Sender
from services.publisher.pages.components import Components
from shared.errors import PapersysError, TemporaryFailure


def router(components: Components, outgoing: Outgoing) -> APIRouter:
    """`POST /webhooks`."""
    forms = APIRouter()
    webhooks, deliveries = outgoing.webhooks, outgoing.deliveries

    @forms.post("/webhooks")
    async def change(request: Request) -> Response:
        """Save threshold and hours, pause, go on, or send a test message."""
        fields, user = await read_fields(request), components.of(request).user
        name = str(fields.get("name", ""))
        settings = webhooks.get(name)
        if settings is None or settings.user != user:
            raise HTTPException(404, "You have no webhook of that name.")
        if fields.get("do") == "test":
            try:
                await Sender().send(name, settings, Message(uuid.uuid4().hex, TEST_HEADING))
            except PapersysError as error:
                raise HTTPException(503, f"The test message was not sent: {error}") from error
            return RedirectResponse(f"/feeds?chat_tested={quote(name)}#chats", status_code=303)
        try:
            wish = wish_of(fields, deliveries.look(name).wish)
            await asyncio.to_thread(deliveries.wish, name, wish)
        except ValueError as error:
            raise HTTPException(422, f"{error}.") from error
        except TemporaryFailure as error:
            raise HTTPException(503, f"That was not saved: {error}") from error
        return RedirectResponse("/feeds?chat_saved=1#chats", status_code=303)

    return forms
