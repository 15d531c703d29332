"""An OpenAI-compatible server for tests: real HTTP on a free port, answers as scripted, keeps what it was asked.

It streams where a stream is asked for, has slots and a queue before them as llama.cpp has, refuses what it does not
take, notices callers that go away, counts the tokens of every call it served, and has the batch endpoints.
"""

import json
import select
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from tests.support.llm.answers import Body as Body
from tests.support.llm.answers import Counted, chunks_of, completion_of, refusal_of
from tests.support.llm.batch_endpoints import BatchEndpoints

_LOOK_SECONDS = 0.01


@dataclass(frozen=True)
class Scripted:
    """One answer: the assistant's text, or an HTTP error; `after_seconds` makes it slow to begin.

    It streams in `pieces`, with `piece_seconds` between them; it may fall silent or break off after some of them, or
    report `error_after` them. `usage` is the server's count, none, or a lie. `tokens` are what it counts; None: by
    words. `whole` is a server that streams nothing though asked to.
    """

    text: str = ""
    status: int = 200
    error: str = ""
    code: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    after_seconds: float = 0.0
    usage: bool | dict[str, Any] = True
    raw: bytes | None = None
    content_type: str = "application/json"
    tokens: tuple[int, int] | None = (1000, 200)
    cached: int = 0
    finish_reason: str = "stop"
    refusal: str = ""
    thoughts: str = ""
    pieces: int = 4
    piece_seconds: float = 0.0
    silent_after: int | None = None
    breaks_after: int | None = None
    error_after: int | None = None
    whole: bool = False


Script = Callable[[Body, int], Scripted]
"""The answer to a request body, and how many came before it."""


@dataclass(frozen=True)
class Served:
    """A call that got a slot: what the server counted, and whether the caller stayed to the end."""

    body: Body
    counted: Counted
    ended: Literal["answered", "left", "broken"]


class LlmServer:
    """`asked` holds the bodies of the calls, in order; `keys` the Authorization headers; `served` what it counted.

    `left` holds the calls whose caller went away; `most_in_slots` is how many calls were in their slots together at
    most, `most_at_once` how many were there at all.
    """

    def __init__(
        self,
        script: Script,
        slots: int | None = None,
        forms: Collection[str] | None = None,
        refuses: Collection[str] = (),
    ) -> None:
        self.script = script
        self.forms = forms
        self.refuses = tuple(refuses)
        self.asked: list[Body] = []
        self.keys: list[str] = []
        self.served: list[Served] = []
        self.left: list[Body] = []
        self.batches = BatchEndpoints(self)
        self.most_in_slots = self.most_at_once = 0
        self.stopping = threading.Event()
        self.turn = threading.Lock()
        self._numbers = Counter[str]()
        self._slots = threading.Semaphore(slots) if slots else None
        self._http = _Http(("127.0.0.1", 0), _handler(self))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @property
    def counted(self) -> Counted:
        """The tokens of all calls that were answered to the end."""
        answered = [served.counted for served in self.served if served.ended == "answered"]
        return Counted(*(sum(part) for part in zip(*answered, strict=True))) if answered else Counted(0, 0, 0)

    def serve(self) -> None:
        self._http.serve_forever(poll_interval=0.02)

    def close(self) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()

    def note(self, body: Body, key: str) -> int:
        """Keep a call; says how many came before it."""
        with self.turn:
            self.asked.append(body)
            self.keys.append(key)
            return len(self.asked) - 1

    @contextmanager
    def coming(self) -> Iterator[None]:
        with self._counting("here", "most_at_once"):
            yield

    @contextmanager
    def slot(self, is_there: Callable[[], bool]) -> Iterator[bool]:
        """Wait for a slot as long as the caller stays; says whether it did."""
        while self._slots is not None and not self._slots.acquire(timeout=_LOOK_SECONDS):
            if self.stopping.is_set() or not is_there():
                yield False
                return
        try:
            with self._counting("in slots", "most_in_slots"):
                yield True
        finally:
            if self._slots is not None:
                self._slots.release()

    @contextmanager
    def _counting(self, what: str, most: str) -> Iterator[None]:
        with self.turn:
            self._numbers[what] += 1
            setattr(self, most, max(getattr(self, most), self._numbers[what]))
        try:
            yield
        finally:
            with self.turn:
                self._numbers[what] -= 1


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    block_on_close = False


@contextmanager
def llm_server(
    script: Script, slots: int | None = None, forms: Collection[str] | None = None, refuses: Collection[str] = ()
) -> Iterator[LlmServer]:
    """A running server with so many slots, that takes these forms of answers ("json_schema", "json_object") alone."""
    server = LlmServer(script, slots, forms, refuses)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(5)


def in_turn(*answers: Scripted) -> Script:
    """These answers one after the other; the last one for all that follow."""
    return lambda body, before: answers[min(before, len(answers) - 1)]


def _handler(server: LlmServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply(*server.batches.get(self.path))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path != "/v1/chat/completions":
                self._reply(*server.batches.post(self.path, self.headers.get("Content-Type", ""), content))
                return
            body = json.loads(content)
            before = server.note(body, self.headers.get("Authorization", ""))
            refusal = refusal_of(body, server.forms, server.refuses)
            if refusal:
                self._send(Scripted(status=400, error=refusal), body)
                return
            with server.coming():
                self._serve(body, before)

        def _serve(self, body: Body, before: int) -> None:
            answer = server.script(body, before)
            if answer.status >= 400:
                self._wait(answer.after_seconds)
                self._send(answer, body)
                return
            with server.slot(self._is_there) as is_there:
                counted = Counted.of(body, answer)
                ended = self._answered(answer, body, counted) if is_there else "left"
            with server.turn:
                if is_there:
                    server.served.append(Served(body, counted, ended))
                if ended == "left":
                    server.left.append(body)

        def _answered(self, answer: Scripted, body: Body, counted: Counted) -> Literal["answered", "left", "broken"]:
            if not self._wait(answer.after_seconds):
                return "left"
            if answer.raw is not None or answer.whole or not body.get("stream"):
                return "answered" if self._send(answer, body, counted) else "left"
            return self._streamed(answer, body, counted)

        def _streamed(self, answer: Scripted, body: Body, counted: Counted) -> Literal["answered", "left", "broken"]:
            self._begin(answer, "text/event-stream")
            for number, chunk in enumerate(chunks_of(answer, body, counted)):
                if number == answer.breaks_after:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return "broken"
                silent = number == answer.silent_after
                if not self._wait(3600.0 if silent else answer.piece_seconds) or not self._piece(chunk):
                    self.close_connection = True
                    return "left"
                if number == answer.error_after:
                    break
            self._piece(b"")
            return "broken" if answer.error_after is not None else "answered"

        def _begin(self, answer: Scripted, content_type: str, length: int | None = None) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", content_type)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if length is None:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", str(length))
            self.end_headers()

        def _piece(self, content: bytes) -> bool:
            try:
                self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
                self.wfile.flush()
            except OSError:
                return False
            return True

        def _send(self, answer: Scripted, body: Body, counted: Counted | None = None) -> bool:
            content = (
                answer.raw if answer.raw is not None else json.dumps(completion_of(answer, body, counted)).encode()
            )
            return self._reply(answer.status, content, "text/html" if answer.raw else "application/json", answer)

        def _reply(self, status: int, content: bytes, kind: str = "application/json", answer: Any = None) -> bool:
            try:
                self._begin(answer or Scripted(status=status), kind, len(content))
                self.wfile.write(content)
            except OSError:
                self.close_connection = True
                return False
            return True

        def _wait(self, seconds: float) -> bool:
            """Let time pass; False as soon as the caller is gone."""
            end = time.monotonic() + seconds
            while (left := end - time.monotonic()) > 0 and not server.stopping.is_set():
                if not self._is_there(min(left, _LOOK_SECONDS)):
                    return False
            return self._is_there()

        def _is_there(self, seconds: float = 0.0) -> bool:
            readable, _, _ = select.select([self.connection], [], [], seconds)
            if not readable:
                return True
            try:
                return bool(self.connection.recv(1, socket.MSG_PEEK))
            except OSError:
                return False

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler
