"""A stand-in for Hugging Face: names a file's size and SHA-256, redirects to where its bytes are, and has faults."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class HubFaults:
    """What goes wrong; counts go down with each time that it did."""

    breaks: int = 0
    """Transfers that break off in the middle."""
    busy: int = 0
    """Questions that are answered 503."""
    refusal: int = 0
    """The status of all answers, with a message."""
    ignores_range: bool = False
    damaged: int = 0
    """Transfers whose last byte is another."""
    without_sha256: bool = False
    renamed: bool = False
    """The repository has another name now."""


@dataclass
class HubServer:
    """`asked` holds method, path and range of each request; `tokens` what came with it, by path."""

    files: dict[str, bytes]
    faults: HubFaults = field(default_factory=HubFaults)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    hub_port: int = 0
    storage_port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.hub_port}"

    def sent_bytes(self) -> list[str]:
        """The ranges of the transfers."""
        return [asked for method, path, asked in self.asked if method == "GET" and path.startswith("/stored/")]


@contextmanager
def hub_server(files: dict[str, bytes]) -> Iterator[HubServer]:
    """Serves `owner/name/resolve/main/file` from another address, as the hub does."""
    server = HubServer(files)
    hub = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server, _Hub))
    storage = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server, _Storage))
    server.hub_port, server.storage_port = hub.server_address[1], storage.server_address[1]
    threads = [threading.Thread(target=part.serve_forever, args=(0.02,), daemon=True) for part in (hub, storage)]
    for thread in threads:
        thread.start()
    try:
        yield server
    finally:
        for part in (hub, storage):
            part.shutdown()
            part.server_close()


class _Answers(BaseHTTPRequestHandler):
    server_of_test: HubServer

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        raise NotImplementedError

    def note(self) -> None:
        self.server_of_test.asked.append((self.command, self.path, self.headers.get("Range", "")))
        self.server_of_test.tokens[self.path] = self.headers.get("Authorization", "")

    def head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


class _Hub(_Answers):
    def answer(self) -> None:
        self.note()
        server, faults = self.server_of_test, self.server_of_test.faults
        name = self.path.lstrip("/")
        if faults.busy:
            faults.busy -= 1
            self.head(503, Retry_After="0", Content_Length="0")
        elif faults.refusal:
            self.head(faults.refusal, X_Error_Message="Access to model is restricted.", Content_Length="0")
        elif faults.renamed and name.startswith("owner/"):
            self.head(307, Location=f"/new-{name}", Content_Length="0")
        elif (content := server.files.get(name.removeprefix("new-"))) is None:
            self.head(404, X_Error_Code="EntryNotFound", X_Error_Message="Entry not found", Content_Length="0")
        else:
            digest = "no-digest" if faults.without_sha256 else hashlib.sha256(content).hexdigest()
            there = f"http://localhost:{server.storage_port}/stored/{name.removeprefix('new-')}"
            linked = {"X_Linked_Size": str(len(content)), "X_Linked_Etag": f'"{digest}"'}
            self.head(302, Location=there, Content_Length="0", **linked)


class _Storage(_Answers):
    def answer(self) -> None:
        self.note()
        faults = self.server_of_test.faults
        content = self.server_of_test.files[self.path.removeprefix("/stored/")]
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        whole = start == 0 or faults.ignores_range
        rest = content if whole else content[start:]
        place = {} if whole else {"Content_Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        if faults.damaged:
            faults.damaged -= 1
            rest = rest[:-1] + bytes([rest[-1] ^ 1])
        self.head(200 if whole else 206, Content_Length=str(len(rest)), **place)
        if faults.breaks:
            faults.breaks -= 1
            rest = rest[: len(rest) // 2]
            self.close_connection = True
        self.wfile.write(rest)


def _handler(server: HubServer, kind: type[_Answers]) -> type[_Answers]:
    return type("Handler", (kind,), {"server_of_test": server})
