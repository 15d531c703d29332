"""A stand-in for Hugging Face's datasets: lists files, redirects to where their bytes are, and has faults."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class DatasetHub:
    """`refusals` are statuses of the next answers; `asked` is method and path of each request, `storage_tokens` what
    came with those to the storage."""

    name: str
    files: dict[str, bytes]
    refusals: list[int] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    storage_tokens: list[str] = field(default_factory=list)
    url: str = ""
    storage_url: str = ""
    needs_token: str = ""

    def transfers(self) -> list[str]:
        """The files whose bytes were sent, in order."""
        return [path.removeprefix("/stored/") for method, path in self.asked if method == "GET" and "/stored/" in path]


@contextmanager
def dataset_hub(name: str, files: dict[str, bytes]) -> Iterator[DatasetHub]:
    """Serves a dataset; its bytes come from another address, as they do there."""
    hub = DatasetHub(name, files)
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub, kind)) for kind in (_Hub, _Storage)]
    hub.url, hub.storage_url = (f"http://127.0.0.1:{server.server_address[1]}" for server in servers)
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield hub
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


class _Answers(BaseHTTPRequestHandler):
    hub: DatasetHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.hub.asked.append((self.command, self.path))
        self.answer(unquote(urlsplit(self.path).path))

    do_GET = do_HEAD

    def answer(self, path: str) -> None:
        raise NotImplementedError

    def send(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


class _Hub(_Answers):
    def answer(self, path: str) -> None:
        token = self.headers.get("Authorization", "")
        self.hub.tokens.append(token)
        if self.hub.refusals:
            status = self.hub.refusals.pop(0)
            self.send(status, b"{}", **({"Retry_After": "0"} if status == 429 else {}))
        elif self.hub.needs_token and token != f"Bearer {self.hub.needs_token}":
            self.send(401, b"{}", X_Error_Code="GatedRepo", X_Error_Message="Access is restricted.")
        elif path.startswith(f"/api/datasets/{self.hub.name}/tree/"):
            listed = [self._listed(name) for name in self.hub.files]
            self.send(200, json.dumps(listed).encode(), Content_Type="application/json")
        elif path.startswith(f"/api/datasets/{self.hub.name}"):
            facts = {"id": self.hub.name, "sha": COMMIT, "private": False, "siblings": [], "tags": [], "downloads": 0}
            self.send(200, json.dumps(facts).encode(), Content_Type="application/json")
        else:
            self._resolve(path)

    def _listed(self, name: str) -> dict[str, object]:
        content = self.hub.files[name]
        entry: dict[str, object] = {"type": "file", "path": name, "size": len(content), "oid": "0" * 40}
        if name.endswith(".parquet"):
            digest = hashlib.sha256(content).hexdigest()
            entry["lfs"] = {"oid": digest, "size": len(content), "pointerSize": 130}
        return entry

    def _resolve(self, path: str) -> None:
        name = path.removeprefix(f"/datasets/{self.hub.name}/resolve/{COMMIT}/")
        if name not in self.hub.files:
            self.send(404, b"{}", X_Error_Code="EntryNotFound")
            return
        content = self.hub.files[name]
        self.send(
            302,
            Location=f"{self.hub.storage_url}/stored/{name}",
            X_Repo_Commit=COMMIT,
            X_Linked_Size=str(len(content)),
            X_Linked_Etag=f'"{hashlib.sha256(content).hexdigest()}"',
        )


class _Storage(_Answers):
    def answer(self, path: str) -> None:
        self.hub.storage_tokens.append(self.headers.get("Authorization", ""))
        self.send(200, self.hub.files[path.removeprefix("/stored/")])


def _handler(hub_of_test: DatasetHub, kind: type[_Answers]) -> type[_Answers]:
    class Handler(kind):  # type: ignore[misc, valid-type]
        hub = hub_of_test

    return Handler
