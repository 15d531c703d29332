"""What commands print is harmless, and stays what it is."""

import json
from pathlib import Path

import pytest

from shared.command_line.output import print_json, print_text, say, shown_path, warn

HOSTILE = "a [b] \x1b[31m"


def test_lines_are_no_markup_and_do_not_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    warn(HOSTILE)
    print_text(HOSTILE)
    shown = capsys.readouterr()
    assert shown.out.count("a [b] ") == 2
    assert "a [b] " in shown.err
    assert "\x1b[31m" not in shown.out + shown.err


def test_json_stays_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(json.dumps({"title": HOSTILE}, ensure_ascii=False))
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert json.loads(out) == {"title": HOSTILE}


def test_a_path_is_shown_as_typed_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "a" / "b.toml") == "a/b.toml"
    assert shown_path(Path("/elsewhere/b.toml")) == "/elsewhere/b.toml"
