"""`papersys follow`, where no system is running."""

import json
from pathlib import Path

import pytest

from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text(f'[data]\npath = "{tmp_path / "data"}"\nmin_free_mb = 0\n\n[bus]\nport = {free_port()}\n')
    monkeypatch.setenv("PAPERSYS_CONFIG", str(path))
    monkeypatch.chdir(tmp_path)


def test_follows_begin_are_listed_and_end() -> None:
    assert run_command("follow").out == "You follow nothing yet.\n"
    assert run_command("follow", "author", "Ada Lovelace").out == "You follow Ada Lovelace now.\n"
    assert run_command("follow", "category", "CS.lg").code == 0
    assert run_command("follow").out == "author    Ada Lovelace\ncategory  cs.LG\n"
    assert [one["value"] for one in json.loads(run_command("follow", "--json").out)] == ["Ada Lovelace", "cs.LG"]
    assert run_command("follow", "--user", "you").out == "You follow nothing yet.\n"
    assert run_command("follow", "author", "ada lovelace", "--stop").out == "You follow ada lovelace no longer.\n"
    assert run_command("follow").out == "category  cs.LG\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("category", "cs.LGG"), "did you mean cs.LG?"),
        (("phrase", "***"), "Give what to follow"),
        (("author",), "Give what to follow"),
        (("phrase", "x" * 501), "at most 500"),
        (("planet", "Mars"), "Invalid value"),
    ],
)
def test_what_cannot_be_followed_is_wrong_use(arguments: tuple[str, ...], says: str) -> None:
    done = run_command("follow", *arguments)
    assert done.code == 2
    assert says in " ".join(done.err.replace("│", " ").split())
