"""A server with `/v1/embeddings` for tests: a second model, of another dimension, whose vectors can be foretold."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class EmbeddingServer(ThreadingHTTPServer):
    """A vector says how often a text has each of `words`; `away` refuses all, `refuses_with` does so by its status."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.words = words
        self.away = False
        self.refuses_with: int | None = None
        self.asked = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def as_model(self, alias: str) -> dict[str, str]:
        """Settings of a process, as variables, that make this the model of an alias."""
        table = f"PAPERSYS_EMBEDDING__MODELS__{alias.upper()}__"
        model = {"NAME": "words", "BACKEND": "openai", "BASE_URL": self.base_url, "DIMENSION": str(len(self.words) + 1)}
        return {f"{table}{name}": value for name, value in model.items()}

    def vector(self, text: str) -> list[float]:
        return [*(float(text.count(word)) for word in self.words), 0.1]


class _Handler(BaseHTTPRequestHandler):
    server: EmbeddingServer

    def do_POST(self) -> None:
        asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rows = [{"index": row, "embedding": self.server.vector(text)} for row, text in enumerate(asked["input"])]
        self.server.asked += 1
        self.send_response(503 if self.server.away else self.server.refuses_with or 200)
        self.end_headers()
        self.wfile.write(json.dumps({"data": rows}).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def embedding_server(*words: str) -> Iterator[EmbeddingServer]:
    server = EmbeddingServer(words)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
