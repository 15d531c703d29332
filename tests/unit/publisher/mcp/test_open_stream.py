"""A stream that is held open, and the end of the server."""

import asyncio

import pytest
from starlette.types import Message

from services.publisher.mcp.open_stream import OpenStream


async def never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("is_begun", [False, True])
async def test_at_the_end_the_client_counts_as_gone_and_the_answer_is_whole(is_begun: bool) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    closing = asyncio.Event()
    stream = OpenStream(never, send, closing)
    if is_begun:
        await stream.send({"type": "http.response.start", "status": 200, "headers": []})
    waiting = asyncio.create_task(stream.receive())
    await asyncio.sleep(0)
    closing.set()
    assert (await waiting)["type"] == "http.disconnect"
    await stream.end()
    last = {"type": "http.response.body", "body": b"", "more_body": False}
    assert (sent[-1:] == [last]) is is_begun


async def test_what_the_client_sends_comes_through() -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"x"}

    async def send(message: Message) -> None:
        raise AssertionError

    stream = OpenStream(receive, send, asyncio.Event())
    assert (await stream.receive())["body"] == b"x"
    await stream.end()
