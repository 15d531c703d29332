"""A bus in memory for unit tests: handlers are called by hand, what is published is kept, requests get set answers."""

import asyncio
from typing import Any

from shared.bus.delivery.consumption import E, EventHandler
from shared.bus.questions.requests import Answerable, HandlerT, ReplyT
from shared.contracts import Event, Reply, Request
from shared.errors import RequestFailed


class FakeBus:
    def __init__(self) -> None:
        self.published: list[Event] = []
        self.confirms_after_seconds = 0.0
        self.asked: list[Request[Reply]] = []
        self.answers: dict[type[Request[Reply]], Any] = {}
        self.handlers: dict[type[Event], Any] = {}
        self.responders: dict[object, Any] = {}

    def on(self, event: type[E], handler: EventHandler[E]) -> None:
        self.handlers[event] = handler

    def answer(self, request: Answerable[HandlerT], handler: HandlerT) -> None:
        self.responders[request] = handler

    async def publish(self, event: Event) -> None:
        await asyncio.sleep(self.confirms_after_seconds)
        self.published.append(event)

    async def ask(self, request: Request[ReplyT]) -> ReplyT:
        """The answer set for this type: a reply, a function of the request, or an exception to raise."""
        self.asked.append(request)
        answer = self.answers.get(type(request))
        if answer is None:
            raise RequestFailed(f"Nobody answers {request.subject} now.", code="unavailable", retryable=True)
        if isinstance(answer, Exception):
            raise answer
        reply = answer(request) if callable(answer) else answer
        assert isinstance(reply, request.reply_type())
        return reply

    async def deliver(self, event: Event) -> None:
        """Hand an event to the handler that registered for it."""
        await self.handlers[type(event)](event)
