"""What commands do beside a running system or without one, where others look on."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import run_command

pytestmark = pytest.mark.attack
PAPER = {"id": "2403.12345", "title": "A \x1b]0;owned\x07 title", "authors": ["A"], "categories": ["cs.LG"]}


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """As it was before."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_attack_9_what_a_command_writes_by_itself_is_open_to_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERSYS_DATA__PATH", str(tmp_path / "data"))
    monkeypatch.setenv("PAPERSYS_DATA__MIN_FREE_MB", "1")
    (tmp_path / "papers.jsonl").write_text(json.dumps(PAPER) + "\n")
    assert run_command("import", "papers.jsonl").code == 0
    written = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    assert len(written) > 3
    assert [path for path in written if path.stat().st_mode & 0o077] == []
