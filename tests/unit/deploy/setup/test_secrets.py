"""Secrets that are made once, and that only their owner can read."""

import stat
from pathlib import Path

from deploy.setup.secrets import ensure_secret
from shared.settings.secret_files import write_private


def test_a_secret_is_made_once_and_read_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    secret = ensure_secret(path)
    assert len(secret) > 30
    assert ensure_secret(path) == secret
    assert path.read_text() == secret + "\n"


def test_an_empty_file_is_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.touch()
    assert ensure_secret(path)


def test_nobody_else_can_read_what_is_written_even_over_an_open_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]
