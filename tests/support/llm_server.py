"""An OpenAI-compatible server for tests: real HTTP on a free port, answers as scripted, keeps what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Scripted:
    """One answer: the assistant's text, or an HTTP error; `after_seconds` makes it slow."""

    text: str = ""
    status: int = 200
    error: str = ""
    code: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    after_seconds: float = 0.0
    usage: bool = True
    raw: bytes | None = None


Script = Callable[[Body, int], Scripted]
"""The answer to a request body, and how many came before it."""


class LlmServer:
    """`asked` holds the bodies of the calls, in order; `keys` the Authorization headers."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Body] = []
        self.keys: list[str] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def serve(self) -> None:
        self._http.serve_forever(poll_interval=0.02)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def llm_server(script: Script) -> Iterator[LlmServer]:
    """A running server."""
    server = LlmServer(script)
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
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            before = len(server.asked)
            server.asked.append(body)
            server.keys.append(self.headers.get("Authorization", ""))
            if self.path != "/v1/chat/completions":
                self._send(Scripted(status=404, error="no such path"), body)
                return
            answer = server.script(body, before)
            time.sleep(answer.after_seconds)
            self._send(answer, body)

        def _send(self, answer: Scripted, body: Body) -> None:
            content = answer.raw if answer.raw is not None else json.dumps(_content(answer, body)).encode()
            try:
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                return  # the client did not wait

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


def _content(answer: Scripted, body: Body) -> Body:
    if answer.status >= 400:
        return {"error": {"message": answer.error, "type": "error", "code": answer.code}}
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer.text}}
    usage = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200} if answer.usage else None
    said = {"id": "call-1", "object": "chat.completion", "created": 1, "model": body["model"], "choices": [choice]}
    return {**said, "usage": usage}
