"""`papersys init`: a settings file of one's own, with what to start from."""

from pathlib import Path

import pytest
import typer

from deploy.configuration import load_system_settings
from deploy.setup.questions import ask_model_server
from shared.hosts import local_model_servers as local_servers
from shared.hosts.model_server import FoundServer
from tests.support.checks.command_line import run_command

BIB = "@article{a, title={On x}, eprint={2401.00010}, archiveprefix={arXiv}}\n@article{b, title={broken}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    return tmp_path


def test_what_it_writes_can_be_loaded_and_says_what_was_asked_for(folder: Path) -> None:
    (folder / "mine.bib").write_text(BIB)
    seeds = ("--seed", "mine.bib", "--seed", "arXiv:2401.00011v2", "--seed", 'how "graphs" grow, 日本')
    done = run_command("init", ".", "--categories", "cs.LG, math.CO", "--contact", 'a"b@example.org', *seeds)
    assert done.code == 0
    assert "papers: 1, with an arXiv id: 1, unusable: 1 (line 2: broken BibTeX" in done.out
    settings = load_system_settings(folder / "papersys.toml")
    assert settings.seeds == (str(folder / "mine.bib"), "arXiv:2401.00011v2", 'how "graphs" grow, 日本')
    assert settings.fetcher.contact == 'a"b@example.org'  # type: ignore[attr-defined]
    assert '"mine.bib"' in (folder / "papersys.toml").read_text("utf-8")


def test_no_category_at_all_is_wrong_use(folder: Path) -> None:
    done = run_command("init", ".", "--categories", " , ", "--contact", "a@example.org")
    assert done.code == 2
    assert "at least one category" in done.err
    assert run_command("init", ".", "--categories", "").code == 2
    assert not (folder / "papersys.toml").exists()


def test_a_bib_file_elsewhere_is_named_in_whole(folder: Path) -> None:
    (folder / "mine.bib").write_text(BIB)
    assert run_command("init", "sub", "--seed", "mine.bib").code == 0
    assert load_system_settings(folder / "sub" / "papersys.toml").seeds == (str(folder / "mine.bib"),)


@pytest.mark.parametrize(
    ("seed", "code", "says"),
    [
        ("gone.bib", 1, "There is no file"),
        ("empty.bib", 1, "holds no paper"),
        ("2410.1285", 2, "2410.12850"),
    ],
)
def test_a_seed_that_cannot_be_one_is_refused_and_nothing_is_written(
    folder: Path, seed: str, code: int, says: str
) -> None:
    (folder / "empty.bib").write_text("nothing")
    done = run_command("init", ".", "--seed", seed)
    assert done.code == code
    assert says in " ".join(done.err.replace("│", " ").split())
    assert not (folder / "papersys.toml").exists()


def found_here(monkeypatch: pytest.MonkeyPatch, *servers: FoundServer) -> None:
    monkeypatch.setattr(local_servers, "find_local_servers", lambda: list(servers))


OLLAMA = FoundServer("Ollama", "http://127.0.0.1:11434/v1", ("qwen3:8b", "nomic-embed-text"))
VLLM = FoundServer("vLLM", "http://127.0.0.1:8000/v1", ("Qwen/Qwen3-8B",))


@pytest.mark.parametrize(
    ("options", "address", "model"),
    [
        (("--llm", "auto"), OLLAMA.address, "qwen3:8b"),
        (("--llm", "auto", "--llm-model", "Qwen/Qwen3-8B"), VLLM.address, "Qwen/Qwen3-8B"),
    ],
)
def test_a_model_of_this_machine_is_taken_where_that_is_wanted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], address: str, model: str
) -> None:
    found_here(monkeypatch, OLLAMA, VLLM)
    assert run_command("init", ".", *options).code == 0
    llm = load_system_settings(folder / "papersys.toml").llm
    assert (llm.base_url, llm.model) == (address, model)


def test_where_no_server_has_the_model_it_is_said_which_there_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_here(monkeypatch, OLLAMA)
    done = run_command("init", ".", "--llm", "auto", "--llm-model", "gpt-9")
    assert (done.code, "Ollama has qwen3:8b" in done.err) == (1, True)
    found_here(monkeypatch)
    assert "no Ollama, llama.cpp" in run_command("init", ".", "--llm", "auto").err
    assert not (folder / "papersys.toml").exists()


def test_what_was_found_is_offered_by_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["99", "3"])
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: next(answers))
    assert ask_model_server([OLLAMA, VLLM]) == (VLLM.address, "Qwen/Qwen3-8B")
    shown = capsys.readouterr().out
    assert "1  qwen3:8b (Ollama)" in shown
    assert "not the address of a server" in shown


def test_a_file_that_is_there_is_never_overwritten(folder: Path) -> None:
    assert run_command("init").code == 0
    done = run_command("init")
    assert (done.code, "already exists" in done.err) == (1, True)
