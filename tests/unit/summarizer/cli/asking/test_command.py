"""`papersys ask`: what it refuses before anything is asked."""

from pathlib import Path

import pytest

from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERSYS_BUS__PORT", str(free_port()))
    monkeypatch.setenv("PAPERSYS_DATA__PATH", str(tmp_path / "data"))


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "give a question"),
        (("Why?", "--history"), 2, "give a question"),
        (("  ",), 2, "is empty"),
        (("Why?", "--corpus", "everything"), 2, "is no corpus"),
        (("Why?", "--budget", "cheap"), 2, "is no budget"),
        (("x" * 3_000,), 2, "2,000 are allowed"),
        (("Why?", "--continue"), 1, "no answered question"),
        (("--replay", "20261122T134325746439-9ffc98"), 1, "There is no trace"),
        (("--replay", "../../x"), 1, "There is no trace"),
        (("Why?", "--researchers", "local,web"), 1, "no researcher 'web'"),
        (("Why?",), 1, "papersys up"),
    ],
)
def test_what_cannot_be_asked_is_told(arguments: tuple[str, ...], code: int, words: str) -> None:
    done = run_command("ask", *arguments)
    assert (done.code, words in " ".join(f"{done.out} {done.err}".replace("│", " ").split())) == (code, True), done


def test_a_history_without_questions_says_how_to_ask() -> None:
    assert "papersys ask" in run_command("ask", "--history").out
