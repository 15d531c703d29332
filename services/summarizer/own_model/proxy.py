"""The port of the own model: passes questions on to llama-server and its answers back as they come.

Whoever gives up closes the connection; that closes the one behind it, and llama-server stops computing.
"""

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import Mapping

import httpx
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from services.summarizer.own_model.on_demand import OnDemandServer
from shared.errors import PermanentFailure, TemporaryFailure, reason

log = logging.getLogger(__name__)

_MOST_BYTES = 32 << 20
_ASKED = ("content-type", "accept", "authorization")
_ANSWERED = ("content-type", "retry-after")
_CANNOT = 424
"""Failed Dependency: asking again does not help, a person has to mend something."""


class Proxy:
    """An ASGI app for `/v1/...`. The list of models is its own answer: looking at it wakes nobody."""

    def __init__(self, server: OnDemandServer, name: str, key: str) -> None:
        self._server = server
        self._name = name
        self._key = key
        timeout = httpx.Timeout(None, connect=5.0)
        self._client = httpx.AsyncClient(timeout=timeout, trust_env=False, headers={"Accept-Encoding": "identity"})

    async def close(self) -> None:
        await self._client.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if not self._knows(headers.get("authorization", "")):
            await _send_error(send, 401, "This key is not the own model's; papersys keeps it in state/own-model.key.")
        elif scope["path"] == "/v1/models":
            model = {"id": self._name, "object": "model", "owned_by": "papersys"}
            await _send_json(send, 200, {"object": "list", "data": [model]})
        else:
            await self._answer_unless_gone(scope, headers, receive, send)

    def _knows(self, authorization: str) -> bool:
        return secrets.compare_digest(authorization.encode(), f"Bearer {self._key}".encode())

    async def _answer_unless_gone(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            await _send_error(send, 413, "The question is too long.")
            return
        work = asyncio.create_task(self._answer(scope, headers, body, send))
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait([work, gone], return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            for task in (work, gone):
                task.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)

    async def _answer(self, scope: Scope, headers: Headers, body: bytes, send: Send) -> None:
        try:
            async with self._server.in_use() as address:
                await self._pass_on(f"{address}{scope['path']}", scope["method"], headers, body, send)
        except TemporaryFailure as failure:
            wait = failure.retry_in_seconds
            await _send_error(send, 503, reason(failure), {"Retry-After": str(max(1, round(wait)))} if wait else {})
        except PermanentFailure as failure:
            await _send_error(send, _CANNOT, reason(failure))

    async def _pass_on(self, url: str, method: str, headers: Headers, body: bytes, send: Send) -> None:
        """Raises TemporaryFailure where llama-server ends before it answers; after that the connection breaks off."""
        asked = {name: headers[name] for name in _ASKED if name in headers}
        async with contextlib.AsyncExitStack() as stack:
            try:
                request = self._client.stream(method, url, content=body, headers=asked)
                answer = await stack.enter_async_context(request)
            except httpx.HTTPError as error:
                raise TemporaryFailure(f"The model's server ended: {error or type(error).__name__}") from error
            kept = [(name.encode(), answer.headers[name].encode()) for name in _ANSWERED if name in answer.headers]
            await send({"type": "http.response.start", "status": answer.status_code, "headers": kept})
            try:
                async for chunk in answer.aiter_bytes():
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            except httpx.HTTPError as error:
                log.warning("The model's server broke off: %s", error, extra={"action": "model_broke_off"})
                return
            await send({"type": "http.response.body", "body": b""})


async def _body(receive: Receive) -> bytes | None:
    """All of a request's body; None where it is longer than a question can be."""
    body = bytearray()
    while True:
        message: Message = await receive()
        body += message.get("body", b"")
        if len(body) > _MOST_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_error(send: Send, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
    """As OpenAI says errors."""
    await _send_json(send, status, {"error": {"message": message, "type": "papersys", "code": status}}, headers)


async def _send_json(send: Send, status: int, content: object, headers: Mapping[str, str] | None = None) -> None:
    body = json.dumps(content).encode()
    said = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
    encoded = [(name.lower().encode(), text.encode()) for name, text in said.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
