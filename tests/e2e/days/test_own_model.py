"""`papersys up` with a model of one's own: one supervised process more, asked by the summarizer, gone with the rest."""

import os
import signal
from pathlib import Path

import pytest

from tests.support.checks.waiting import eventually_sync
from tests.support.llm.llama_server import StandIn, write_gguf
from tests.support.processes.system import ROOT, running_system

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.proof]


@pytest.mark.slow
def test_the_own_model_is_asked_restarted_when_killed_and_leaves_nothing_behind(tmp_path: Path) -> None:
    stand_in = StandIn(tmp_path / "bin")
    write_gguf(tmp_path / "small.gguf")
    settings = (ROOT / "deploy" / "demo" / "papersys.toml").read_text() + '\n[llm]\ngguf = "small.gguf"\n'
    settings = settings.replace('path = "data/demo"', 'path = "data"')
    path = f"{stand_in.folder}:{os.environ['PATH']}"
    with running_system(tmp_path, settings, PATH=path, PAPERSYS_LLM__GGUF=str(tmp_path / "small.gguf")) as system:
        eventually_sync(lambda: stand_in.events("asked"), 120, "the summarizer asks its model", system.log_tail)
        shown = system.command("status").stdout
        assert "own-model" in shown
        assert "The own model small" in shown
        pid = system.pids()["own-model"]
        os.kill(pid, signal.SIGKILL)
        eventually_sync(lambda: system.pids().get("own-model") not in (None, pid))
        assert system.stop() == 0
        eventually_sync(lambda: system.leftovers() == [])
        said = [line for line in system.log() if line.get("action") == "llama_server"]
    assert any(line["service"] == "own-model" and "loading model" in line["message"] for line in said)
