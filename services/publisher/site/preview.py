"""The published site on a port of this machine, as a host of static files would serve it."""

from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from shared.errors import PapersysError


class PreviewHandler(SimpleHTTPRequestHandler):
    """Serves files below `prefix`, the path of the site's address; the site's own page for what is not there."""

    def __init__(self, *arguments: Any, prefix: str, **options: Any) -> None:
        self._prefix = prefix
        super().__init__(*arguments, **options)

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(self._prefix.rstrip("/")))

    def list_directory(self, path: Any) -> None:
        """There are no lists of files on a site."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not page.exists():
            return super().send_error(code, message, explain)
        content = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        return None

    def log_message(self, *_: object) -> None:
        """Who looks at pages of their own needs no list of it."""


def open_preview(folder: Path, port: int, address: str) -> ThreadingHTTPServer:
    """A server that waits to be run. Raises PapersysError where nothing is built, or the port is taken."""
    if not (folder / "index.html").exists():
        raise PapersysError(f"No site is built in {folder} yet; run `papersys publish --build`.")
    prefix = f"{urlsplit(address).path.rstrip('/')}/"
    handler = partial(PreviewHandler, prefix=prefix, directory=str(folder))
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise PapersysError(
            f"The preview cannot use port {port} ({error.strerror}); set publisher.site.preview_port to another one."
        ) from error
