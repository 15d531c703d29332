"""The two ways to the running system: the reader's bus, and a connection of a program's own for each question."""

from typing import TYPE_CHECKING

from shared.bus.questions.requests import ReplyT
from shared.contracts import Event, Request
from shared.errors import PapersysError, reason
from shared.settings.settings import BusSettings

if TYPE_CHECKING:  # what services need for the bus takes a command half a second
    from services.publisher.api.event_sender import EventSender
    from shared.bus.bus import Bus


class BusSystem:
    """The reader's own connection."""

    def __init__(self, bus: "Bus", sender: "EventSender") -> None:
        self._bus, self._sender = bus, sender

    async def ask(self, request: Request[ReplyT]) -> ReplyT:
        return await self._bus.ask(request)

    async def send(self, event: Event) -> str | None:
        return await self._sender.send(event)


class CommandSystem:
    """What a command uses: nothing is held open between questions, so that NATS may come and go."""

    def __init__(self, settings: BusSettings) -> None:
        self._settings = settings

    async def ask(self, request: Request[ReplyT]) -> ReplyT:
        from shared.bus.questions.asking import ask_once

        return await ask_once(self._settings, request)

    async def send(self, event: Event) -> str | None:
        from shared.bus.connections import publish

        try:
            await publish(self._settings, event)
        except PapersysError as error:
            return reason(error)
        return None
