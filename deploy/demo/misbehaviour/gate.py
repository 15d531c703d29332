"""Stands before every page of the demo server: logs the request, holds the pace, and lets faults befall it."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deploy.demo.misbehaviour.control_access import is_from_another_site, why_refused
from deploy.demo.misbehaviour.faults import Fault, Faults, is_too_fast
from deploy.demo.misbehaviour.spoiling import SPOILS, spoil

FAULT_KEY = "demo.fault"
CONTROL = "/_demo"


@dataclass(slots=True)
class Switchboard:
    """What changes while the server runs: the day it believes in, the faults that are on, and what was asked so far."""

    today: date
    faults: Faults = field(default_factory=Faults)
    pace_seconds: float = 0.0
    expires_tokens: bool = False
    requests: list[dict[str, object]] = field(default_factory=list)
    befallen: Counter[str] = field(default_factory=Counter)
    token_days: dict[str, date] = field(default_factory=dict)
    previous_at: float | None = None


class Gate:
    """ASGI middleware; `/_demo` passes unseen."""

    def __init__(
        self,
        app: ASGIApp,
        switchboard: Switchboard,
        draw: Callable[[], float] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self.switchboard = switchboard
        self.draw = draw or random.Random(0).random
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._switch(scope, receive, send)
            return
        if is_from_another_site(Headers(scope=scope)):
            await PlainTextResponse("The demo is not for web pages.", 403)(scope, receive, send)
            return
        fault = self._meet(scope["path"], scope["query_string"].decode("latin-1"))
        if fault is None:
            await self.app(scope, receive, send)
        else:
            await self._befall(fault, scope, receive, send)

    async def _switch(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = why_refused(scope["method"], Headers(scope=scope)) if scope["type"] == "http" else ""
        answer = JSONResponse({"error": refusal}, 403) if refusal else self.app
        await answer(scope, receive, send)

    def _meet(self, path: str, query: str) -> Fault | None:
        board = self.switchboard
        now = self.clock()
        is_hasty = is_too_fast(board.previous_at, now, board.pace_seconds)
        board.previous_at = now
        fault, board.faults = board.faults.choose(path, query, self.draw())
        if is_hasty:
            fault = Fault("429", seconds=board.pace_seconds)
        board.befallen.update([fault.kind] if fault else [])
        board.requests.append(
            {
                "path": f"{path}?{query}" if query else path,
                "at": datetime.now(UTC).isoformat(),
                "monotonic": now,
                "fault": "pace" if is_hasty else fault.kind if fault else None,
            }
        )
        return fault

    async def _befall(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = refuse(fault, datetime.now(UTC)) or redirect(fault, scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault.kind in {"truncated", "dropped"}:
            await self._cut(fault, scope, receive, send)
        elif fault.kind == "drip":
            await self._drip(fault, scope, receive, send)
        elif fault.kind in SPOILS:
            await self._spoil(fault, scope, receive, send)
        else:
            await self.app({**scope, FAULT_KEY: fault.kind}, receive, send)

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        _, body = await self._answered(scope, receive)
        spoilt = spoil(fault.kind, body, scope["query_string"].decode("latin-1"))
        headers = {"Content-Encoding": spoilt.encoding} if spoilt.encoding else {}
        await Response(spoilt.body, headers=headers, media_type="text/xml")(scope, receive, send)

    async def _drip(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        start, body = await self._answered(scope, receive)
        await send(start)
        for at in range(len(body)):
            await send({"type": "http.response.body", "body": body[at : at + 1], "more_body": at + 1 < len(body)})
            await asyncio.sleep(fault.seconds)

    async def _answered(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """The start and the whole body of an answer, before anything of it is sent."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        start = next(message for message in messages if message["type"] == "http.response.start")
        return start, b"".join(message.get("body", b"") for message in messages[1:])

    async def _cut(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends 60 % of the answer; a dropped connection had promised all of it, a truncated answer had not."""
        start, body = await self._answered(scope, receive)
        part = body[: len(body) * 6 // 10]
        if fault.kind == "truncated":
            lengths = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            start = {**start, "headers": [*lengths, (b"content-length", str(len(part)).encode())]}
        await send(start)
        await send({"type": "http.response.body", "body": part, "more_body": fault.kind == "dropped"})


def refuse(fault: Fault, now: datetime) -> Response | None:
    """The refusal of a request, for the faults that are one; None for those that spoil the answer instead."""
    seconds = str(max(1, round(fault.seconds)))
    match fault.kind:
        case "503":
            return PlainTextResponse("Service Unavailable", 503, {"Retry-After": seconds})
        case "503-date":
            moment = format_datetime(now + timedelta(seconds=fault.seconds), usegmt=True)
            return PlainTextResponse("Service Unavailable", 503, {"Retry-After": moment})
        case "503-silent":
            return PlainTextResponse("Service Unavailable", 503)
        case "429":
            return PlainTextResponse("Rate exceeded.", 429, {"Retry-After": seconds})
        case "403":
            return PlainTextResponse("Access denied. Sadly, you do not appear to be a friendly robot.", 403)
        case "406":
            return PlainTextResponse("Not Acceptable", 406)
        case "rate-exceeded":
            return PlainTextResponse("Rate exceeded.")
        case _:
            return None


def redirect(fault: Fault, scope: Scope) -> Response | None:
    """For the faults that send a client elsewhere; None for the others."""
    if fault.kind == "redirect-loop":
        return RedirectResponse(f"{scope['path']}?{scope['query_string'].decode('latin-1')}", 301)
    return RedirectResponse("https://arxiv.example/", 301) if fault.kind == "redirect-away" else None
