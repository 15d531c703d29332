"""A server that answers `/v1/models`, and nothing else."""

import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def models(*names: object, owner: str = "someone") -> bytes:
    """A list of models as OpenAI's protocol has it."""
    return json.dumps({"object": "list", "data": [{"id": name, "owned_by": owner} for name in names]}).encode()


@contextmanager
def answering(body: bytes, status: int = 200, key: str | None = None) -> Iterator[str]:
    """The address up to /v1 of a server that answers so; with a `key`, only to whoever has it."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            refused = key is not None and self.headers.get("Authorization") != f"Bearer {key}"
            self.send_response(401 if refused else status if self.path == "/v1/models" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):  # who asked may have read enough
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
