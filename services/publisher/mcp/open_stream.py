"""A stream that an agent holds open for what the server may have to say: it ends when the server does."""

import asyncio
from contextlib import suppress

from starlette.types import Message, Receive, Send


class OpenStream:
    """A request's two ends; once `closing` is set the client counts as gone, and the answer is brought to its end."""

    def __init__(self, receive: Receive, send: Send, closing: asyncio.Event) -> None:
        self._receive, self._send, self._closing = receive, send, closing
        self._is_begun = self._is_ended = False

    async def receive(self) -> Message:
        """What the client sends, or that it is gone."""
        waiting = [asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._closing.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            received = waiting[0]
            return received.result() if received.done() else {"type": "http.disconnect"}  # type: ignore[return-value]
        finally:
            for task in waiting:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def send(self, message: Message) -> None:
        self._is_begun = True
        self._is_ended = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)

    async def end(self) -> None:
        """Without the last piece the HTTP server would complain that there is none."""
        if self._is_begun and not self._is_ended and self._closing.is_set():
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})
