"""The own model's process: real processes and sockets, with a stand-in for llama-server, or the real one."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.support.bus.ports import free_port
from tests.support.checks.waiting import eventually_sync
from tests.support.llm.llama_server import StandIn, write_gguf
from tests.support.outside.hub import hub_server

ROOT = Path(__file__).parents[3]
KEY = "a-key-of-its-own"
SETTINGS = '[data]\npath = "data"\nmin_free_mb = 1\n[llm]\ngguf = "{gguf}"\nidle_minutes = {idle}\nhub_url = "{hub}"\n'


class OwnModel:
    """The process, asked as the gateway asks it."""

    def __init__(self, folder: Path, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.folder = folder
        self.process = process
        self.address = f"http://127.0.0.1:{port}"
        self.client = httpx.Client(
            base_url=self.address, headers={"Authorization": f"Bearer {KEY}"}, timeout=60, trust_env=False
        )

    def ask(self, **more: Any) -> httpx.Response:
        return self.client.post("/v1/chat/completions", json={"messages": [], **more})

    def note(self) -> str:
        return str(self.client.get("/health/ready").json()["notes"]["model"])

    def log(self) -> list[dict[str, Any]]:
        lines = (self.folder / "log.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def children(self) -> list[psutil.Process]:
        children: list[psutil.Process] = psutil.Process(self.process.pid).children()
        return children


@contextmanager
def own_model(
    folder: Path, stand_in: StandIn | None, gguf: Path | str, idle_minutes: float = 0, hub: str = "", path: str = ""
) -> Iterator[OwnModel]:
    """A process that answers; it and its llama-server are gone afterwards."""
    port = free_port()
    (folder / "data").mkdir(exist_ok=True)
    (folder / "papersys.toml").write_text(SETTINGS.format(gguf=gguf, idle=idle_minutes, hub=hub))
    (folder / "key").write_text(KEY)
    (folder / "key").chmod(0o600)
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("PAPERSYS_")},
        "PYTHONPATH": str(ROOT),
        "PAPERSYS_CONFIG": str(folder / "papersys.toml"),
        "PAPERSYS_LLM__API_KEY": "of-another-server",
        "PATH": f"{stand_in.folder if stand_in else path}:{os.environ['PATH']}",
    }
    command = [sys.executable, "-m", "services.summarizer.own_model", "--port", str(port), "--key-file", "key"]
    with (folder / "log.jsonl").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    model = OwnModel(folder, port, process)
    try:
        eventually_sync(lambda: is_alive(model), 60, "it answers", (folder / "log.jsonl").read_text)
        yield model
    finally:
        model.client.close()
        process.terminate()
        process.wait(60)


def is_alive(model: OwnModel) -> bool:
    try:
        return model.client.get("/health/live").status_code == 200
    except httpx.HTTPError:
        return False


def test_a_question_wakes_the_model_and_silence_puts_it_to_sleep_again(tmp_path: Path) -> None:
    stand_in = StandIn(tmp_path / "bin", loads_seconds=0.5)
    gguf = write_gguf(tmp_path / "small.gguf")
    with own_model(tmp_path, stand_in, gguf, idle_minutes=0.02) as model:
        assert model.note() == "The own model small: asleep"
        assert model.client.get("/v1/models").json()["data"][0]["id"] == "small"
        assert stand_in.events("start") == []
        answer = model.ask()
        assert answer.json()["choices"][0]["message"]["content"].startswith("word")
        assert model.note() == "The own model small: awake"
        eventually_sync(lambda: stand_in.events("end"))
        eventually_sync(lambda: model.children() == [])
        assert model.note() == "The own model small: asleep"
        assert model.ask().status_code == 200
        assert len(stand_in.events("start")) == 2
        log = model.log()
    assert stand_in.events("end") == ["end", "end"]
    said = {(line["level"], line["message"]) for line in log}
    assert ("WARNING", "llama-server: srv load_model: a warning of its own") in said
    assert ("INFO", "llama-server: srv load_model: loading model") in said
    assert not (tmp_path / "data" / "state" / "own-model.json").exists()


def test_it_is_started_on_loopback_with_one_slot_a_key_of_its_own_and_no_secret_of_others(tmp_path: Path) -> None:
    stand_in = StandIn(tmp_path / "bin")
    with own_model(tmp_path, stand_in, write_gguf(tmp_path / "small.gguf")) as model:
        assert model.ask().status_code == 200
        [start], [environment] = stand_in.events("start"), stand_in.events("environment")
    assert "--host 127.0.0.1" in start
    assert "--parallel 1" in start
    assert "--ctx-size 8192" in start
    assert KEY not in start
    assert "PAPERSYS_LLM__API_KEY" not in environment


def test_without_its_key_nobody_is_let_through_and_nothing_is_woken(tmp_path: Path) -> None:
    stand_in = StandIn(tmp_path / "bin")
    with own_model(tmp_path, stand_in, write_gguf(tmp_path / "small.gguf")) as model:
        for key in (b"", b"Bearer wrong", b"Bearer \xe9", KEY.encode()):
            headers = {b"Authorization": key}
            refused = httpx.post(f"{model.address}/v1/chat/completions", json={}, headers=headers, trust_env=False)
            assert refused.status_code == 401
        rebound = httpx.get(f"{model.address}/v1/models", headers={"Host": "evil.example"}, trust_env=False)
        assert rebound.status_code == 421
        assert stand_in.events() == []


def test_words_come_as_they_are_written_and_giving_up_stops_the_model(tmp_path: Path) -> None:
    stand_in = StandIn(tmp_path / "bin", words=500, word_seconds=0.05)
    with own_model(tmp_path, stand_in, write_gguf(tmp_path / "small.gguf")) as model:
        body = {"messages": [], "stream": True}
        with model.client.stream("POST", "/v1/chat/completions", json=body) as answer:
            lines = answer.iter_lines()
            assert next(line for line in lines if line) == "data: word0"
            assert stand_in.events("answered") == []
        eventually_sync(lambda: stand_in.events("cancelled"))
        assert model.note() == "The own model small: awake"


@pytest.mark.proof
def test_questions_at_once_wait_for_one_server(tmp_path: Path) -> None:
    stand_in = StandIn(tmp_path / "bin", loads_seconds=0.5)
    with own_model(tmp_path, stand_in, write_gguf(tmp_path / "small.gguf")) as model:
        answers: list[int] = []
        threads = [threading.Thread(target=lambda: answers.append(model.ask().status_code)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert answers == [200] * 6
        assert len(stand_in.events("start")) == 1


@pytest.mark.proof
def test_a_server_that_dies_in_the_middle_breaks_the_answer_off_and_the_next_question_starts_another(
    tmp_path: Path,
) -> None:
    stand_in = StandIn(tmp_path / "bin", dies_after=2)
    with own_model(tmp_path, stand_in, write_gguf(tmp_path / "small.gguf")) as model:
        with pytest.raises(httpx.HTTPError):
            model.ask(stream=True)
        stand_in.behave()
        eventually_sync(lambda: model.ask(stream=True).status_code == 200)
        assert len(stand_in.events("start")) == 2


@pytest.mark.proof
def test_a_model_that_cannot_be_loaded_is_said_with_its_last_words_and_given_up(tmp_path: Path) -> None:
    stand_in = StandIn(tmp_path / "bin", fails=True)
    with own_model(tmp_path, stand_in, write_gguf(tmp_path / "small.gguf")) as model:
        answer = model.ask()
        assert answer.status_code == 503
        assert "out of memory" in answer.json()["error"]["message"]
        again = model.ask()
        assert again.status_code == 503
        assert int(again.headers["Retry-After"]) > 0
        assert len(stand_in.events("start")) == 1
        assert "out of memory" in model.note()


@pytest.mark.proof
@pytest.mark.parametrize(("content", "says"), [(None, "There is no file"), (b"<html>", "no GGUF file")])
def test_a_file_that_is_no_model_is_for_a_person_to_mend(tmp_path: Path, content: bytes | None, says: str) -> None:
    gguf = tmp_path / "small.gguf"
    if content:
        gguf.write_bytes(content)
    with own_model(tmp_path, StandIn(tmp_path / "bin"), gguf) as model:
        answer = model.ask()
        assert answer.status_code == 424
        assert says in answer.json()["error"]["message"]


@pytest.mark.proof
def test_killed_it_takes_its_server_along(tmp_path: Path) -> None:
    stand_in = StandIn(tmp_path / "bin")
    with own_model(tmp_path, stand_in, write_gguf(tmp_path / "small.gguf")) as model:
        assert model.ask().status_code == 200
        [server] = model.children()
        model.process.send_signal(signal.SIGKILL)
        eventually_sync(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE)


@pytest.mark.proof
def test_a_model_of_the_hub_is_fetched_while_the_system_is_up(tmp_path: Path) -> None:
    stand_in = StandIn(tmp_path / "bin")
    content = write_gguf(tmp_path / "remote.gguf").read_bytes()
    with hub_server({"owner/name/resolve/main/remote.gguf": content}) as hub:
        hub.faults.breaks = 1
        with own_model(tmp_path, stand_in, "owner/name/remote.gguf", hub=hub.url) as model:
            assert model.note()
            eventually_sync(lambda: model.ask().status_code == 200)
            assert model.note() == "The own model remote: awake"
    assert (tmp_path / "data/cache/models/owner--name/main/remote.gguf").read_bytes() == content


@pytest.mark.proof
def test_a_hub_without_the_model_is_said_and_nothing_else_suffers(tmp_path: Path) -> None:
    stand_in, name = StandIn(tmp_path / "bin"), "owner/name/gone.gguf"
    with hub_server({}) as hub, own_model(tmp_path, stand_in, name, hub=hub.url) as model:
        eventually_sync(lambda: "Entry not found" in model.note())
        assert model.client.get("/health/ready").status_code == 200
        assert model.ask().status_code == 424


@pytest.mark.proof
def test_a_real_llama_server_loads_answers_in_the_form_of_a_schema_and_sleeps(tmp_path: Path) -> None:
    program, gguf = real_server(), real_gguf()
    schema = {"type": "object", "properties": {"sum": {"type": "integer"}}, "required": ["sum"]}
    form = {"type": "json_schema", "json_schema": {"name": "sum", "strict": True, "schema": schema}}
    question = {"messages": [{"role": "user", "content": "What is 2 + 3?"}], "max_tokens": 64, "response_format": form}
    with own_model(tmp_path, None, gguf, idle_minutes=0.05, path=str(program.parent)) as model:
        answer = model.client.post("/v1/chat/completions", json=question, timeout=300)
        assert answer.status_code == 200, answer.text
        assert set(json.loads(answer.json()["choices"][0]["message"]["content"])) == {"sum"}
        assert answer.json()["usage"]["completion_tokens"] > 0
        eventually_sync(lambda: model.children() == [], 60)
        assert model.note().endswith("asleep")


def real_server() -> Path:
    """The program that LLAMA_SERVER names; the test is skipped without."""
    path = Path(os.environ.get("LLAMA_SERVER", "/nowhere"))
    if not path.is_file():
        pytest.skip("LLAMA_SERVER names no llama-server (and LLAMA_GGUF no model); set both to run this")
    return path


def real_gguf() -> Path:
    path = Path(os.environ.get("LLAMA_GGUF", "/nowhere"))
    if not path.is_file():
        pytest.skip("LLAMA_GGUF names no model; set it to a small instruct model")
    return path
