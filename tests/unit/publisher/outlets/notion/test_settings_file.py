"""The settings file names the database afterwards; comments and other keys stay."""

from pathlib import Path

import pytest

from services.publisher.outlets.notion.settings_file import write_notion
from shared.errors import SettingsError

TEXT = "# mine\n[notion]\npoll_minutes = 2\n"


def test_a_file_that_would_not_be_usable_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text("[publisher]\nport = 'x'\n")
    with pytest.raises(SettingsError, match=r"Nothing was changed"):
        write_notion(path, {"database": "d"})
    assert path.read_text() == "[publisher]\nport = 'x'\n"
    path.write_text(TEXT)
    write_notion(path, {"database": "d"})
    assert path.with_name("papersys.toml~").read_text() == TEXT
    assert sorted(file.name for file in tmp_path.iterdir()) == ["papersys.toml", "papersys.toml~"]
