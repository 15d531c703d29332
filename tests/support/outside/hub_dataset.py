"""A stand-in for a dataset repository at Hugging Face: what is asked of it by a sync, with commits kept in memory."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_token_of_a_test"


@dataclass
class DatasetServer:
    """`commits` hold the paths of each; `failures` are statuses that the next commits are answered with."""

    files: dict[str, bytes] = field(default_factory=dict)
    large: dict[str, bytes] = field(default_factory=dict)
    commits: list[list[str]] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    exists: bool = False
    is_private: bool = False
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def head(self) -> str:
        return hashlib.sha1(str(len(self.commits)).encode(), usedforsecurity=False).hexdigest()

    def tree(self) -> list[dict[str, Any]]:
        listed = []
        for path, content in sorted(self.files.items()):
            blob = hashlib.sha1(f"blob {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()
            entry: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": blob}
            if path.endswith(".parquet"):
                sha256 = hashlib.sha256(content).hexdigest()
                entry |= {"oid": "0" * 40, "lfs": {"oid": sha256, "size": len(content), "pointerSize": 130}}
            listed.append(entry)
        return listed

    def commit(self, lines: list[dict[str, Any]]) -> int:
        """The status of the answer."""
        header = next(line["value"] for line in lines if line["key"] == "header")
        if self.failures:
            return self.failures.pop(0)
        if self.commits and header.get("parentCommit") != self.head:
            return 412
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                self.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                self.files[value["path"]] = self.large[value["oid"]]
            elif line["key"] == "deletedFile":
                del self.files[value["path"]]
        self.commits.append([line["value"]["path"] for line in lines if line["key"] != "header"])
        return 200


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_GET(self) -> None:
        this = self.server.dataset
        if not self._may():
            return
        if not this.exists:
            self._answer(404, {"error": "Repository not found"}, code="RepoNotFound")
        elif "/tree/" in self.path:
            self._answer(200, this.tree())
        else:
            self._answer(200, {"id": "me/papers", "sha": this.head, "private": this.is_private, "siblings": []})

    def do_POST(self) -> None:
        this, content = self.server.dataset, self._content()
        if not self._may():
            return
        if self.path == "/api/repos/create":
            asked = json.loads(content)
            this.exists, this.is_private = (
                True,
                "private" in (asked.get("visibility"), asked.get("private") and "private"),
            )
            self._answer(200, {"url": f"{this.address}/datasets/me/papers"})
        elif "/preupload/" in self.path:
            files = [
                {"path": each["path"], "uploadMode": mode_of(each["path"]), "shouldIgnore": False}
                for each in json.loads(content)["files"]
            ]
            self._answer(200, {"files": files})
        elif self.path.endswith("/info/lfs/objects/batch"):
            objects = [
                {**each, "actions": {"upload": {"href": f"{this.address}/large/{each['oid']}", "header": {}}}}
                for each in json.loads(content)["objects"]
            ]
            self._answer(200, {"transfer": "basic", "objects": objects})
        else:
            status = this.commit([json.loads(line) for line in content.splitlines()])
            url = f"{this.address}/datasets/me/papers/commit/{this.head}"
            body = {"success": True, "commitOid": this.head, "commitUrl": url, "hookOutput": ""}
            self._answer(status, body if status == 200 else {"error": "refused"})

    def do_PUT(self) -> None:
        self.server.dataset.large[self.path.rpartition("/")[2]] = self._content()
        self._answer(200, {})

    def _may(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            return True
        self._answer(401, {"error": "Invalid credentials in Authorization header"})
        return False

    def _content(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def _answer(self, status: int, body: object, code: str = "") -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if code:
            self.send_header("X-Error-Code", code)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    dataset: DatasetServer


def mode_of(path: str) -> str:
    return "lfs" if path.endswith(".parquet") else "regular"


@contextmanager
def dataset_server() -> Iterator[DatasetServer]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.dataset = DatasetServer(port=server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.dataset
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
