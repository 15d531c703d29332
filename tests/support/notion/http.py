"""Notion over HTTP: who is let in, at which pace, and how errors and faults are answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.support.notion.limits import Refused

if TYPE_CHECKING:
    from tests.support.notion.server import NotionServer

VERSIONS = ("2025-09-03", "2026-03-11")


@dataclass(frozen=True)
class Asked:
    """One request: its number from 1 on, method, path below /v1/, and body."""

    number: int
    method: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """What goes wrong: an answer with this status, or none at all (0); `after`: once the request was carried out."""

    status: int = 502
    after: bool = False
    retry_after: str | None = None
    code: str = ""


class Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def handler(server: "NotionServer") -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve()

        do_POST = do_PATCH = do_DELETE = do_GET

        def _serve(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with server.turn:
                self._answer_one(content)

        def _answer_one(self, content: bytes) -> None:
            address = urlsplit(self.path)
            try:
                self._let_in()
                body = json.loads(content) if content else {}
                asked = Asked(len(server.asked) + 1, self.command, address.path.removeprefix("/v1/"), body)
                server.asked.append(asked)
                fault = server.fault(asked)
                if fault is not None and not fault.after:
                    self._fail(fault)
                    return
                version = self.headers["Notion-Version"]
                answer = server.answer(asked, parse_qs(address.query), version, len(content))
                if fault is not None:
                    self._fail(fault)
                    return
                self._send(200, answer)
            except Refused as error:
                self._refuse(error)

        def _let_in(self) -> None:
            if self.headers.get("Authorization") != f"Bearer {server.token}":
                raise Refused(401, "unauthorized", "API token is invalid.")
            if self.headers.get("Notion-Version") not in VERSIONS:
                raise Refused(400, "missing_version", "Notion-Version header failed validation.")
            wait = server.wait_seconds()
            if wait:
                server.refused[429] += 1
                self._send_error(429, "rate_limited", "You have been rate limited.", {"Retry-After": str(wait)})
                raise _Answered

        def _fail(self, fault: Fault) -> None:
            server.refused[fault.status] += 1
            if not fault.status:
                self.close_connection = True
                self.connection.close()
                return
            headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
            if fault.code:
                self._send_error(fault.status, fault.code, "It did not work.", headers)
            else:
                self._write(fault.status, b"<html><h1>Bad Gateway</h1></html>", "text/html", headers)

        def _refuse(self, error: Refused) -> None:
            server.refused[error.status] += 1
            self._send_error(error.status, error.code, str(error), {})

        def _send_error(self, status: int, code: str, message: str, headers: Mapping[str, str]) -> None:
            body = {"object": "error", "status": status, "code": code, "message": message, "request_id": "test"}
            self._write(status, json.dumps(body).encode(), "application/json", headers)

        def _send(self, status: int, body: Any) -> None:
            self._write(status, json.dumps(body).encode(), "application/json", {})

        def _write(self, status: int, content: bytes, kind: str, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (_Answered, ConnectionError):
                return
            except (ValueError, OSError):
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            return

    return Handler


class _Answered(Exception):
    """The answer is sent."""
