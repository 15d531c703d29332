"""The token of a repository: told to its server alone, by environment; git's own server behind a real HTTP server."""

import base64
import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from services.publisher.site.deploying.destinations.git_branch import GitDeployer
from services.publisher.site.deploying.destinations.git_program import open_git
from shared.errors import PermanentFailure
from tests.support.browsing.sites import PAGES, write_site

EXPECTED = "Basic " + base64.b64encode(b"x-access-token:geheim").decode()


@contextlib.contextmanager
def git_server(folder: Path) -> Iterator[str]:
    """Serves the repositories in a folder to whoever has the token."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *arguments: object) -> None:
            pass

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _answer(self, body: bytes) -> None:
            if self.headers.get("Authorization") != EXPECTED:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            path, _, query = self.path.partition("?")
            variables = {
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REMOTE_USER": "me",
                "REQUEST_METHOD": self.command,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            }
            answer = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env=variables).stdout
            head, _, content = answer.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def deployer(tmp_path: Path, repository: str, secret: str) -> GitDeployer:
    git = open_git(tmp_path / "git", repository, user="", secret=secret, ssh="ssh", timeout_seconds=60)
    return GitDeployer(git, repository, "gh-pages")


def test_a_token_opens_the_repository_and_a_wrong_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    site = write_site(tmp_path / "site")
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "x.git")], check=True)
    with git_server(tmp_path) as address:
        with pytest.raises(PermanentFailure, match=r"see publisher\.deploy\.token_file") as refused:
            deployer(tmp_path, f"{address}/x.git", "falsch").deploy(site)
        assert "falsch" not in str(refused.value)
        assert len(deployer(tmp_path, f"{address}/x.git", "geheim").deploy(site).changes.new) == len(PAGES) + 1
    for path in [path for path in (tmp_path / "git").rglob("*") if path.is_file()]:
        assert b"geheim" not in path.read_bytes()
