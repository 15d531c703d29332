"""One question of an agent: asked as often as needed and paid once, and cancelled where the agent lets go of it."""

import uuid
from types import TracebackType
from typing import Any, Self

import anyio

from services.publisher.mcp.sources import RunningSystem
from shared.contracts import Ask, AskReply, CancelAsk
from shared.errors import RequestFailed

_CANCEL_SECONDS = 10.0


def new_ask(**facts: Any) -> Ask:
    """A question with an id of its own. Raises ValidationError."""
    return Ask(ask_id=uuid.uuid4().hex, wait_seconds=0, **facts)


class AskedOnce:
    """A question within a block; leaving the block early, by a cancelled call or an error, stops the answering."""

    def __init__(self, system: RunningSystem, ask: Ask) -> None:
        self._system, self._ask = system, ask
        self._trace_id = ""
        self._was_sent = self._is_left = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._was_sent and not self._is_left and not isinstance(error, RequestFailed):
            with anyio.CancelScope(shield=True), anyio.move_on_after(_CANCEL_SECONDS):
                await self._cancel()

    async def ask(self, wait_seconds: float) -> AskReply:
        """The answer, or that it is under way after so long. Raises RequestFailed."""
        self._was_sent = True
        reply = await self._system.ask(self._ask.model_copy(update={"wait_seconds": wait_seconds}))
        self._trace_id = reply.trace_id or self._trace_id
        return reply

    def leave(self) -> None:
        """Let the answering go on, or be done."""
        self._is_left = True

    async def _cancel(self) -> None:
        try:
            trace_id = self._trace_id or (await self.ask(wait_seconds=0)).trace_id
            if trace_id:
                await self._system.ask(CancelAsk(trace_id=trace_id))
        except RequestFailed:
            return
