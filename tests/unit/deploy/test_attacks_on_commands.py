"""What commands do beside a running system or without one, where others look on."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.command_line.output import print_json
from tests.support.checks.command_line import run_command

pytestmark = pytest.mark.attack
TITLE = "A hostile \u202e title \x9b2J"
ACTING = {"\u202e", "\x9b", "\x1b"}
PAPER = {"id": "2403.12345", "title": TITLE, "authors": ["A"], "categories": ["cs.LG"]}
WORDS = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(120))


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """As it was before."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERSYS_DATA__PATH", str(tmp_path / "data"))
    monkeypatch.setenv("PAPERSYS_DATA__MIN_FREE_MB", "1")
    (tmp_path / "papers.jsonl").write_text(json.dumps(PAPER) + "\n")
    return tmp_path


def test_attack_9_what_a_command_writes_by_itself_is_open_to_nobody_else(folder: Path) -> None:
    assert run_command("import", "papers.jsonl").code == 0
    written = [folder / "data", *(folder / "data").rglob("*")]
    assert len(written) > 3
    assert [path for path in written if path.stat().st_mode & 0o077] == []


def test_attack_12_json_for_programs_is_harmless_on_a_terminal_and_the_same_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_json(json.dumps(PAPER, ensure_ascii=False))
    said = capsys.readouterr().out
    assert not ACTING & set(said)
    assert json.loads(said) == PAPER


def test_attack_12_a_text_that_is_printed_whole_is_harmless(folder: Path) -> None:
    source = rf"\documentclass{{article}}\begin{{document}}\section{{One}} {WORDS} {TITLE} said.\end{{document}}"
    (folder / "paper.tex").write_text(source, "utf-8")
    said = run_command("convert", "paper.tex").out
    assert "wordaa" in said
    assert not ACTING & set(said)
