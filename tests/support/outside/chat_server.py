"""Slack, Discord, Matrix and ntfy for tests: real HTTP on a free port, with their limits, their pace and their noes.

Sources: docs.slack.dev (incoming webhooks), docs.discord.com (execute webhook, rate limits), spec.matrix.org
(client-server API: send, transaction ids, rate limiting), docs.ntfy.sh (publish, limits).
"""

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from shared.settings.sections.webhooks import WebhookSettings

SLACK_PATH = "/services/T0000/B0000/slack-secret"
DISCORD_PATH = "/api/webhooks/42/discord-secret"
TOPIC, ROOM = "ntfy-secret-topic", "!papers:example.org"
MATRIX_TOKEN, NTFY_TOKEN = "syt_matrix-secret", "tk_ntfy-secret"
SECRETS = ("slack-secret", "discord-secret", TOPIC, MATRIX_TOKEN, NTFY_TOKEN)


@dataclass(frozen=True)
class Fault:
    """An answer with this status, or none at all (0); `after`: once the message was shown."""

    status: int = 502
    after: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """A message as people see it: its text, its links, and whether it called everybody."""

    kind: str
    text: str
    links: tuple[str, ...] = ()
    rang_everybody: bool = False


class Refused(Exception):
    """An answer that is no."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


class ChatServer:
    """`shown` holds what people saw; `fault` decides what goes wrong; `answers` counts by kind and status."""

    def __init__(self) -> None:
        self.shown: list[Shown] = []
        self.fault: Callable[[str], Fault | None] = lambda kind: None
        self.answers = Counter[tuple[str, int]]()
        self.closed: set[str] = set()
        self.is_paced = False
        self.turn = threading.RLock()
        self._events: dict[str, str] = {}
        self._sent: dict[str, list[float]] = defaultdict(list)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def webhook(self, kind: str, **others: Any) -> WebhookSettings:
        """Settings of a webhook that leads here."""
        places: dict[str, dict[str, Any]] = {
            "slack": {"url": f"{self.url}{SLACK_PATH}"},
            "discord": {"url": f"{self.url}{DISCORD_PATH}"},
            "ntfy": {"url": f"{self.url}/{TOPIC}", "token": NTFY_TOKEN},
            "matrix": {"homeserver": self.url, "room": ROOM, "token": MATRIX_TOKEN},
        }
        return WebhookSettings.model_validate({"kind": kind, **places[kind], **others})

    def serve(self) -> None:
        self._http.serve_forever(0.05)

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def take(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        """Show a message. Raises Refused."""
        kind = kind_of(path)
        if kind in self.closed:
            raise Refused(*_GONE[kind])
        self._keep_pace(kind)
        return getattr(self, f"_{kind}")(method, path, headers, body)  # type: ignore[no-any-return]

    def _keep_pace(self, kind: str) -> None:
        """Slack takes one a second, Discord five in two seconds; Matrix and ntfy are as their servers are set."""
        most, seconds = {"slack": (1, 1.0), "discord": (5, 2.0)}.get(kind, (10, 1.0))
        now = time.monotonic()
        recent = [moment for moment in self._sent[kind] if now - moment < seconds]
        if self.is_paced and len(recent) >= most:
            raise busy(kind, round(seconds - (now - recent[0]), 3))
        self._sent[kind] = [*recent, now]

    def _slack(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        if path != SLACK_PATH:
            raise Refused(404, "no_service")
        if method != "POST" or not isinstance(body, dict):
            raise Refused(400, "invalid_payload")
        blocks = body.get("blocks", [])
        if not body.get("text") and not blocks:
            raise Refused(400, "no_text")
        if len(blocks) > 50 or any(block.get("type") != "rich_text" for block in blocks):
            raise Refused(400, "invalid_blocks")
        text, links = "", list[str]()
        for section in (section for block in blocks for section in block["elements"]):
            for element in section["elements"]:
                if element["type"] not in ("text", "link") or not element["text"]:
                    raise Refused(400, "invalid_blocks")
                links += [element["url"]] if element["type"] == "link" else []
                text += element["text"]
        rang = any(mark in body.get("text", "") for mark in ("<!channel", "<!here", "<!everyone", "<@"))
        self.shown.append(Shown("slack", text or body["text"], tuple(links), rang))
        return 200, "ok"

    def _discord(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        if path != DISCORD_PATH:
            raise Refused(404, {"message": "Unknown Webhook", "code": 10015})
        content, embeds = body.get("content", ""), body.get("embeds", [])
        if not content and not embeds:
            raise Refused(400, {"message": "Cannot send an empty message", "code": 50006})
        sizes = [len(embed.get("title", "")) + len(embed.get("description", "")) for embed in embeds]
        is_long = any(len(e.get("title", "")) > 256 or len(e.get("description", "")) > 4096 for e in embeds)
        if len(content) > 2000 or len(embeds) > 10 or is_long or sum(sizes) > 6000:
            raise Refused(400, {"message": "Invalid Form Body", "code": 50035, "errors": {}})
        rang = "@everyone" in content and body.get("allowed_mentions", {}).get("parse") != []
        text = "\n".join([content, *(f"{embed['title']}\n{embed['description']}" for embed in embeds)])
        self.shown.append(Shown("discord", text, tuple(embed["url"] for embed in embeds), rang))
        return 204, None

    def _matrix(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        if "Authorization" not in headers:
            raise Refused(401, {"errcode": "M_MISSING_TOKEN", "error": "Missing access token"})
        if headers["Authorization"] != f"Bearer {MATRIX_TOKEN}":
            raise Refused(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Unrecognised access token"})
        parts = [unquote(part) for part in path.split("/")]
        if method != "PUT" or parts[6] != "send" or parts[7] != "m.room.message":
            raise Refused(404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"})
        if parts[5] != ROOM:
            raise Refused(403, {"errcode": "M_FORBIDDEN", "error": "User is not in the room"})
        if len(json.dumps(body)) > 65_000:
            raise Refused(413, {"errcode": "M_TOO_LARGE", "error": "event too large"})
        transaction = parts[8]
        if transaction not in self._events:
            self._events[transaction] = f"$event{len(self._events)}"
            self.shown.append(Shown("matrix", body["formatted_body"], (), "m.mentions" not in body))
        return 200, {"event_id": self._events[transaction]}

    def _ntfy(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        if headers.get("Authorization") != f"Bearer {NTFY_TOKEN}" or body.get("topic") != TOPIC:
            raise Refused(403, {"code": 40301, "http": 403, "error": "forbidden"})
        if len(body.get("title", "").encode()) > 1024:
            raise Refused(400, {"code": 40057, "http": 400, "error": "invalid request: title too long"})
        if len(body["message"].encode()) > 4096:
            raise Refused(413, {"code": 41301, "http": 413, "error": "attachment too large"})
        text = f"{body['title']}\n{body['message']}"
        self.shown.append(Shown("ntfy", text, (body["click"],) if "click" in body else ()))
        return 200, {"id": "abc", "event": "message", "topic": TOPIC}


_GONE: Mapping[str, tuple[int, Any]] = {
    "slack": (404, "no_service"),
    "discord": (404, {"message": "Unknown Webhook", "code": 10015}),
    "matrix": (401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Token is not active"}),
    "ntfy": (403, {"code": 40301, "http": 403, "error": "forbidden"}),
}


def kind_of(path: str) -> str:
    """Whose address it is."""
    if path.startswith("/services/"):
        return "slack"
    if path.startswith("/api/webhooks/"):
        return "discord"
    return "matrix" if path.startswith("/_matrix/") else "ntfy"


def busy(kind: str, seconds: float) -> Refused:
    """How each says that it was too quick."""
    whole = {"Retry-After": str(max(1, round(seconds + 0.5)))}
    if kind == "slack":
        return Refused(429, "rate_limited", whole)
    if kind == "discord":
        body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
        return Refused(429, body, {**whole, "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": str(seconds)})
    if kind == "matrix":
        milliseconds = round(seconds * 1000)
        return Refused(
            429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": milliseconds}
        )
    return Refused(429, {"code": 42901, "http": 429, "error": "limit reached: too many requests"})


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    server = ChatServer()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with server.turn:
                self._answer(content)

        do_PUT = do_POST

        def _answer(self, content: bytes) -> None:
            kind = kind_of(self.path)
            fault = server.fault(kind)
            if fault is not None and not fault.after:
                self._fail(kind, fault)
                return
            try:
                status, body = server.take(self.command, self.path, dict(self.headers), json.loads(content))
            except Refused as error:
                self._write(kind, error.status, error.body, error.headers)
                return
            if fault is not None:
                self._fail(kind, fault)
                return
            self._write(kind, status, body, {})

        def _fail(self, kind: str, fault: Fault) -> None:
            if not fault.status:
                server.answers[kind, 0] += 1
                self.close_connection = True
                self.connection.close()
                return
            self._write(kind, fault.status, "<html>no</html>", fault.headers)

        def _write(self, kind: str, status: int, body: Any, headers: Mapping[str, str]) -> None:
            server.answers[kind, status] += 1
            is_text = isinstance(body, str)
            content = b"" if body is None else body.encode() if is_text else json.dumps(body).encode()
            self.send_response(status)
            media_type = (
                "text/html" if is_text and body.startswith("<") else "text/plain" if is_text else "application/json"
            )
            for name, value in {"Content-Type": media_type, "Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            return

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (ValueError, OSError):
                self.close_connection = True

    return Handler
