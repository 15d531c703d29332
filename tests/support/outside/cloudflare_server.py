"""A stand-in for Cloudflare's interface of Pages: the requests that `wrangler pages deploy` sends, with their limits.

A deployment is online only if every file of its manifest was uploaded before. Upload tokens expire; files that were
uploaded stay known, so that a second attempt sends what is missing alone.
https://developers.cloudflare.com/api/resources/pages/
"""

import base64
import contextlib
import json
import re
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN, ACCOUNT, PROJECT = "cf-token-of-the-owner", "a" * 32, "papers"
_MOST_FILE_BYTES, _MOST_BUCKET_FILES, _MOST_BODY_BYTES = 25 * 2**20, 2_000, 100 * 2**20


@dataclass
class Cloudflare:
    """What lies there. `online` are the files of the newest deployment, by path, with their content.

    `faults` are answered instead, one a request whose path ends with the key, first to last: a status, or `lost` for
    one that is carried out and whose answer is lost.
    """

    token: str = TOKEN
    projects: set[str] = field(default_factory=lambda: {PROJECT})
    max_files: int = 20_000
    stored: dict[str, bytes] = field(default_factory=dict)
    online: dict[str, bytes] = field(default_factory=dict)
    deployments: int = 0
    uploads: int = 0
    requests: list[str] = field(default_factory=list)
    faults: dict[str, list[int | str]] = field(default_factory=dict)
    upload_tokens: set[str] = field(default_factory=set)
    address: str = ""

    def expire_upload_tokens(self) -> None:
        self.upload_tokens.clear()


class _Refused(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@contextlib.contextmanager
def cloudflare_server() -> Iterator[Cloudflare]:
    """Listens until the block ends; `address` is what `CLOUDFLARE_API_BASE_URL` names."""
    cloudflare, turn = Cloudflare(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *arguments: object) -> None:
            """Tests read `requests`."""

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0) or 0)) or self._chunks())

        def _chunks(self) -> bytes:
            body = b""
            while "chunked" in self.headers.get("Transfer-Encoding", ""):
                size = int(self.rfile.readline().strip() or b"0", 16)
                body += self.rfile.read(size)
                self.rfile.readline()
                if not size:
                    break
            return body

        def _answer(self, body: bytes) -> None:
            path = self.path.partition("?")[0].removeprefix("/client/v4")
            with turn:
                cloudflare.requests.append(f"{self.command} {path}")
                faults = next((faults for end, faults in cloudflare.faults.items() if path.endswith(end)), [])
                fault = faults.pop(0) if faults else None
                if isinstance(fault, int):
                    self._send(fault, {"success": False, "errors": [{"code": 8000000, "message": "fault"}]})
                    return
                try:
                    result = _answer(cloudflare, self.command, path, self.headers, body)
                except _Refused as refusal:
                    errors = [{"code": refusal.code, "message": str(refusal)}]
                    self._send(refusal.status, {"success": False, "errors": errors, "messages": [], "result": None})
                    return
            if fault == "lost":
                self.close_connection = True
                return
            self._send(200, {"success": True, "errors": [], "messages": [], "result": result})

        def _send(self, status: int, content: dict[str, Any]) -> None:
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            if status == 429:
                self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(text)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cloudflare.address = f"http://127.0.0.1:{server.server_port}/client/v4"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield cloudflare
    finally:
        server.shutdown()
        server.server_close()


def _answer(cloudflare: Cloudflare, method: str, path: str, headers: Any, body: bytes) -> Any:
    given = (headers.get("Authorization") or "").removeprefix("Bearer ")
    if path.startswith("/pages/assets/"):
        return _asset_answer(cloudflare, path, given, body)
    if given != cloudflare.token:
        if path == "/user/tokens/verify":
            raise _Refused(401, 1000, "Invalid API Token")
        raise _Refused(403, 10000, "Authentication error")
    match = re.fullmatch(rf"/accounts/{ACCOUNT}/pages/projects/([^/]+)(/.*)?", path)
    if match is None:
        raise _Refused(404, 7003, "Could not route to the account, perhaps your object identifier is invalid?")
    project, rest = match[1], match[2] or ""
    if project not in cloudflare.projects:
        raise _Refused(
            404, 8000007, "Project not found. The specified project name does not match any of your projects."
        )
    if rest == "":
        settings = {"compatibility_date": "2026-11-01", "compatibility_flags": [], "env_vars": {}}
        configurations = {"production": settings, "preview": settings}
        return {"name": project, "production_branch": "main", "source": None, "deployment_configs": configurations}
    if rest == "/upload-token":
        return {"jwt": _upload_token(cloudflare)}
    if rest == "/deployments" and method == "POST":
        return _deploy(cloudflare, project, headers, body)
    return _deployment(project, rest.rpartition("/")[2], "success")


def _asset_answer(cloudflare: Cloudflare, path: str, given: str, body: bytes) -> Any:
    if given not in cloudflare.upload_tokens:
        raise _Refused(401, 8000013, "Authorization failed")
    if len(body) > _MOST_BODY_BYTES:
        raise _Refused(413, 8000012, "Request body too large")
    content = json.loads(body)
    if path.endswith("/check-missing"):
        return [name for name in content["hashes"] if name not in cloudflare.stored]
    if path.endswith("/upload"):
        files = {entry["key"]: base64.b64decode(entry["value"]) for entry in content}
        if len(files) > _MOST_BUCKET_FILES or any(len(data) > _MOST_FILE_BYTES for data in files.values()):
            raise _Refused(413, 8000012, "Too many or too large files in one upload")
        cloudflare.stored |= files
        cloudflare.uploads += len(files)
        return None
    return True


def _upload_token(cloudflare: Cloudflare) -> str:
    """A JWT without a signature; wrangler reads how many files are allowed from it, and when it ends."""
    claims = {"max_file_count_allowed": cloudflare.max_files, "exp": time.time() + 300, "jti": uuid.uuid4().hex}
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    token = ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "x"])
    cloudflare.upload_tokens.add(token)
    return token


def _deploy(cloudflare: Cloudflare, project: str, headers: Any, body: bytes) -> Any:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode() + body)
    fields = {part.get_param("name", header="content-disposition"): part for part in message.iter_parts()}
    manifest = json.loads(str(fields["manifest"].get_payload()))
    if missing := [path for path, name in manifest.items() if name not in cloudflare.stored]:
        raise _Refused(400, 8000000, f"{len(missing)} files of the manifest were not uploaded")
    cloudflare.online = {path.removeprefix("/"): cloudflare.stored[name] for path, name in manifest.items()}
    cloudflare.deployments += 1
    return _deployment(project, f"{cloudflare.deployments:08x}", "active")


def _deployment(project: str, name: str, status: str) -> Any:
    return {
        "id": name,
        "url": f"https://{name}.{project}.pages.dev",
        "aliases": [f"https://{project}.pages.dev"],
        "project_name": project,
        "environment": "production",
        "production_branch": "main",
        "deployment_trigger": {"metadata": {"branch": "main", "commit_hash": ""}},
        "latest_stage": {"name": "deploy", "status": status},
    }
