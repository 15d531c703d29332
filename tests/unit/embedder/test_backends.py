"""Backends: how one is chosen, and the one that speaks HTTP, against a real small server."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.embedder.backends import backend_names, open_encoder
from services.embedder.recipe import recipe_of
from services.embedder.runtime.bfloat16 import Trial, cpu_flags, start_trial
from shared.errors import PermanentFailure, SettingsError, TemporaryFailure
from shared.settings.settings import ModelSettings
from tests.support.waiting import eventually_sync


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


def test_an_unknown_backend_is_refused_by_naming_those_there_are() -> None:
    assert {"openai", "sentence_transformer"} <= set(backend_names())
    with pytest.raises(SettingsError, match="'bert'; there are: openai, sentence_transformer, vllm"):
        open_encoder(ModelSettings(backend="bert"))


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


def test_the_recipe_names_the_model_behind_bundled_and_not_how_it_is_run() -> None:
    recipe = recipe_of(ModelSettings())
    assert recipe.model == "sentence-transformers/all-MiniLM-L6-v2"
    assert recipe == recipe_of(ModelSettings(device="cpu", precision="float32", batch_size=7))
    assert recipe != recipe_of(ModelSettings(max_length=128))


def test_a_processor_that_does_not_claim_bfloat16_is_not_tried(tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("model name\t: Old\nflags\t\t: fpu avx2\n")
    flags = cpu_flags(tmp_path / "cpuinfo")
    assert flags == {"fpu", "avx2"}
    assert start_trial(flags, 1) is None
    assert cpu_flags(tmp_path / "none") == set()


@pytest.mark.parametrize(
    ("script", "pays"),
    [
        ("""print('{"speedup": 2.5}')""", True),
        ("""print('{"speedup": 0.9}')""", False),
        ("""import os, signal; os.kill(os.getpid(), signal.SIGILL)""", False),
    ],
)
def test_bfloat16_is_used_where_the_trial_lives_and_is_faster(script: str, pays: bool) -> None:
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    trial = Trial(process)
    eventually_sync(lambda: trial.pays() is not None)
    assert trial.pays() is pays


def test_a_trial_that_is_not_over_says_nothing_yet_and_can_be_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.PIPE, text=True)
    trial = Trial(process)
    assert trial.pays() is None
    trial.stop()
    assert trial.pays() is False
