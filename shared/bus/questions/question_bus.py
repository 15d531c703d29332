"""A bus for a command: questions only."""

from typing import TYPE_CHECKING

from shared.bus.questions.asking import ask_once
from shared.bus.questions.requests import Answerable, HandlerT, ReplyT
from shared.contracts import Event, Request
from shared.errors import TemporaryFailure
from shared.settings.settings import BusSettings

if TYPE_CHECKING:  # what services need for these takes commands half a second
    from shared.bus.delivery.consumption import E, EventHandler


class QuestionBus:
    """Asks a running system, and says at once where none is running."""

    def __init__(self, settings: BusSettings) -> None:
        self._settings = settings

    def on(self, event: "type[E]", handler: "EventHandler[E]") -> None:
        raise NotImplementedError("a command does not subscribe")

    def answer(self, request: Answerable[HandlerT], handler: HandlerT) -> None:
        raise NotImplementedError("a command does not answer")

    async def publish(self, event: Event) -> None:
        raise TemporaryFailure("a command publishes nothing; the running system does")

    async def ask(self, request: Request[ReplyT]) -> ReplyT:
        """The typed reply to a request. Raises RequestFailed."""
        return await ask_once(self._settings, request)
