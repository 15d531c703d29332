"""The settings file names the database afterwards; comments and other keys stay."""

from pathlib import Path

import pytest

from services.publisher.notion.settings_text import with_notion, write_notion
from shared.errors import SettingsError

TEXT = '# mine\n[notion]\ntoken_file = "notion.token"  # private\npoll_minutes = 2\n'


def test_keys_are_added_and_changed_and_all_else_stays() -> None:
    changed = with_notion(TEXT, {"enabled": True, "database": "d"})
    assert changed.startswith(TEXT)
    assert changed.endswith('enabled = true\ndatabase = "d"\n')
    assert with_notion(changed, {"database": "e"}) == changed.replace('"d"', '"e"')


def test_a_file_without_the_table_gets_one() -> None:
    assert (
        with_notion("[data]\npath = 'x'\n", {"database": "d"}) == "[data]\npath = 'x'\n\n[notion]\ndatabase = \"d\"\n"
    )


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
