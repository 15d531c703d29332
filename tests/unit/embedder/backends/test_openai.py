"""Backends: how one is chosen, and the one that speaks HTTP, against a real small server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.embedder.backends import open_encoder
from shared.errors import PermanentFailure, SettingsError, TemporaryFailure
from shared.settings.settings import ModelSettings


class Server(ThreadingHTTPServer):
    """Answers like an embedding server, in reverse order; `broken` is sent in place of the answer."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.broken: tuple[int, str] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append({"path": self.path, **body})
        self.server.keys.append(self.headers["Authorization"])
        rows = [{"index": n, "embedding": [float(len(text)), 1.0]} for n, text in enumerate(body["input"])]
        status, text = self.server.broken or (200, json.dumps({"data": rows[::-1]}))
        self.send_response(status)
        self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def openai(**settings: object) -> ModelSettings:
    return ModelSettings.model_validate({"backend": "openai", "name": "some-model", "dimension": 2, **settings})


def test_a_server_gives_vectors_in_the_order_of_the_texts(server: Server, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret\n")
    encoder = open_encoder(openai(base_url=server.base_url, api_key_file=tmp_path / "key"))
    encoder.load()
    np.testing.assert_array_equal(encoder.encode(["a", "bbb"], "passage"), [[1, 1], [3, 1]])
    encoder.close()
    assert server.seen[0]["path"] == "/v1/embeddings"
    assert server.seen[0]["model"] == "some-model"
    assert server.keys == ["Bearer secret"]


@pytest.mark.parametrize("status", [301, 401, 402, 403, 404, 405, 408, 429, 502, 503, 504])
def test_a_server_that_is_at_fault_itself_is_tried_again_when_it_says(server: Server, status: int) -> None:
    server.broken = (status, "busy")
    encoder = open_encoder(openai(base_url=server.base_url))
    encoder.load()
    with pytest.raises(TemporaryFailure, match="busy") as failed:
        encoder.encode(["a"], "query")
    assert failed.value.retry_in_seconds == 7


@pytest.mark.parametrize(("status", "advice"), [(401, "check the key"), (403, "the key"), (404, "base_url and name")])
def test_what_only_a_person_can_mend_says_what_to_do(server: Server, status: int, advice: str) -> None:
    server.broken = (status, "no")
    encoder = open_encoder(openai(base_url=server.base_url))
    encoder.load()
    with pytest.raises(TemporaryFailure, match=advice):
        encoder.encode(["a"], "query")


def test_a_500_names_no_wait_because_it_may_be_about_the_text(server: Server) -> None:
    server.broken = (500, "input is too large")
    encoder = open_encoder(openai(base_url=server.base_url))
    encoder.load()
    with pytest.raises(TemporaryFailure, match="too large") as failed:
        encoder.encode(["a"], "query")
    assert failed.value.retry_in_seconds is None


def test_a_key_that_was_replaced_is_used_when_the_model_is_loaded_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("old")
    encoder = open_encoder(openai(base_url=server.base_url, api_key_file=tmp_path / "key"))
    encoder.load()
    encoder.encode(["a"], "query")
    (tmp_path / "key").write_text("new")
    encoder.load()
    encoder.encode(["a"], "query")
    assert server.keys == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refusal_is_final(server: Server, status: int) -> None:
    server.broken = (status, "text too long")
    encoder = open_encoder(openai(base_url=server.base_url))
    encoder.load()
    with pytest.raises(PermanentFailure, match="text too long"):
        encoder.encode(["a"], "query")


@pytest.mark.parametrize(
    "answer", ["<html>", "{}", "[" * 9_000, '{"data": []}', '{"data": [{"index": 0, "embedding": "x"}]}']
)
def test_an_answer_that_makes_no_sense_is_tried_again(server: Server, answer: str) -> None:
    server.broken = (200, answer)
    encoder = open_encoder(openai(base_url=server.base_url))
    encoder.load()
    with pytest.raises(TemporaryFailure, match="/v1/embeddings sent"):
        encoder.encode(["a"], "query")


def test_a_server_that_is_away_is_tried_again() -> None:
    encoder = open_encoder(openai(base_url="http://127.0.0.1:9"))
    encoder.load()
    with pytest.raises(TemporaryFailure, match="cannot be reached") as failed:
        encoder.encode(["a"], "query")
    assert failed.value.retry_in_seconds == 60


def test_a_server_needs_an_address_and_a_key_that_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="needs base_url"):
        open_encoder(openai())
    with pytest.raises(SettingsError, match="file with the key"):
        open_encoder(openai(base_url="http://127.0.0.1:9", api_key_file=tmp_path / "none")).load()
