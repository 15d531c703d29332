"""`papersys init` on a terminal: a real one, in a process of its own."""

import contextlib
import http.server
import json
import os
import pty
import re
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.configuration import load_system_settings

ROOT = Path(__file__).parents[4]
PATIENCE_SECONDS = 60


class Terminal:
    """`papersys init` with somebody typing."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        known = {name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deploy.cli", "init", *arguments],
            cwd=folder,
            env={**known, "PYTHONPATH": str(ROOT), "TERM": "dumb", "COLUMNS": "200"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""
        self._seen = 0

    def until(self, text: str) -> str:
        """Read until a text was shown after what was seen before; what came with it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.shown[self._seen :]:
            assert time.monotonic() < deadline, f"{text!r} was not shown: {self.shown}"
            if not self._read():
                assert text in self.shown[self._seen :], f"{text!r} was not shown: {self.shown}"
        start = self._seen
        self._seen = self.shown.index(text, start) + len(text)
        return self.shown[start : self._seen]

    def answer(self, question: str, text: str) -> str:
        before = self.until(question)
        os.write(self._master, text.encode() + b"\n")
        return before

    def end(self) -> int:
        while self._read():
            continue
        return self.process.wait(60)

    def close(self) -> None:
        self.process.kill()
        self.process.wait(60)
        os.close(self._master)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], 1.0)
        if not ready:
            return self.process.poll() is None
        try:
            part = os.read(self._master, 65_536)
        except OSError:
            return False
        self.shown += part.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(part)


@contextlib.contextmanager
def terminal(folder: Path, *arguments: str) -> Iterator[Terminal]:
    it = Terminal(folder, *arguments)
    try:
        yield it
    finally:
        it.close()


@contextlib.contextmanager
def model_server(answer: bytes, status: int = 200) -> Iterator[str]:
    class Models(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/v1/models" else 404)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Models)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_fault_8_it_asks_what_it_needs_and_asks_again_where_the_answer_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "mine.bib").write_text("@article{a, title={On x}, eprint={2401.00010}, archiveprefix={arXiv}}")
    models = json.dumps({"data": [{"id": "small"}, {"id": "large"}]}).encode()
    with model_server(models) as address, terminal(tmp_path) as asked:
        assert "High Energy Physics - Theory" in asked.answer("Categories", "cs?")
        assert "Computation and Language" in asked.answer("Categories", "cs.LG, cs.XX")
        assert "did you mean" in asked.answer("Categories", "cs.LG math.CO")
        assert "Combinatorics" in asked.answer("Contact", "notanemail")
        assert "no e-mail address" in asked.answer("Contact", "me@example.org")
        asked.answer("Like", "2410.1285")
        assert "2410.12850" in asked.answer("Like", "nowhere.bib")
        assert "There is no file" in asked.answer("Like", "mine.bib")
        assert "papers: 1" in asked.answer("Like", "graphs that grow")
        asked.answer("Like", "")
        asked.answer("Server", "localhost")
        assert "not the address of a server" in asked.answer("Server", "http://127.0.0.1:9/v1")
        assert "does not answer" in asked.answer("Use this address anyway", "n")
        asked.answer("Server", address)
        assert "small, large" in asked.answer("Model", "medium")
        assert "no model 'medium'" in asked.answer("Model", "large")
        asked.until("papersys up")
        assert asked.end() == 0
    settings = load_system_settings(tmp_path / "papersys.toml")
    assert settings.fetcher.categories == ("cs.LG", "math.CO")  # type: ignore[attr-defined]
    assert settings.fetcher.contact == "me@example.org"  # type: ignore[attr-defined]
    assert settings.seeds == (str(tmp_path / "mine.bib"), "graphs that grow")
    assert (settings.llm.base_url, settings.llm.model) == (address, "large")


def test_fault_8_enter_takes_what_is_usual_and_options_ask_nothing(tmp_path: Path) -> None:
    with terminal(tmp_path, "usual") as asked:
        asked.answer("Categories", "")
        asked.answer("Contact", "https://example.org/me")
        asked.answer("Like", "")
        asked.answer("Server", "")
        asked.until("papersys up")
        assert asked.end() == 0
    with terminal(tmp_path, "told", "--contact", "me@example.org") as told:
        told.until("papersys up")
        assert told.end() == 0
    for name in ("usual", "told"):
        settings = load_system_settings(tmp_path / name / "papersys.toml")
        assert settings.fetcher.categories == ("cs.LG", "cs.CL")  # type: ignore[attr-defined]
        assert settings.llm.base_url is None


def test_fault_8_who_goes_away_leaves_no_file(tmp_path: Path) -> None:
    with terminal(tmp_path) as asked:
        asked.answer("Categories", "cs.LG")
        asked.answer("Contact", "\x04")
        assert asked.end() != 0
        assert not re.search("Traceback", asked.shown)
    assert not (tmp_path / "papersys.toml").exists()


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"data": 5}', b"[" * 100_000, b'{"data": []}', b"\xff"])
def test_fault_8_a_server_that_is_none_is_said_to_be_none(tmp_path: Path, answer: bytes) -> None:
    with model_server(answer) as address, terminal(tmp_path, "--llm", address) as told:
        told.until("lists no models")
        assert told.end() == 1
    assert not (tmp_path / "papersys.toml").exists()
