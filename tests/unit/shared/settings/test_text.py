"""Settings changed in a text that a person wrote."""

import pytest

from shared.errors import SettingsError
from shared.settings.text import SettingsText, with_values

TEXT = '# mine\n[notion]\ntoken_file = "notion.token"  # private\npoll_minutes = 2\n'
NESTED = '[llm]  # good\nmodel = "old"\n\n[llm.models.big]\nmodel = "big"\n'


def test_keys_are_added_and_changed_and_all_else_stays() -> None:
    changed = with_values(TEXT, "notion", {"enabled": True, "database": "d"})
    assert changed.startswith(TEXT)
    assert changed.endswith('enabled = true\ndatabase = "d"\n')
    assert with_values(changed, "notion", {"database": "e"}) == changed.replace('"d"', '"e"')
    assert with_values(TEXT, "notion", {"poll_minutes": 2}) == TEXT


def test_a_file_without_the_section_gets_one() -> None:
    before = "[data]\npath = 'x'\n"
    assert with_values(before, "notion", {"database": "d"}) == f'{before}\n[notion]\ndatabase = "d"\n'


def test_a_new_key_comes_before_the_tables_within() -> None:
    changed = with_values(NESTED, "llm", {"base_url": "http://host"})
    assert changed.index("base_url") < changed.index("[llm.models.big]")
    assert "# good" in changed


def test_none_takes_a_key_away() -> None:
    assert "old" not in with_values(NESTED, "llm", {"model": None, "gone": None})


def test_sections_have_dotted_names() -> None:
    text = SettingsText(NESTED)
    assert text.section("llm.models.big")["model"] == "big"
    text.assign("llm.steps", {"extract": "big"})
    assert '[llm.steps]\nextract = "big"' in str(text)


@pytest.mark.parametrize("text", ["[notion", "notion = 5\n"])
def test_what_cannot_be_changed_is_said_to_be(text: str) -> None:
    with pytest.raises(SettingsError, match="by hand"):
        with_values(text, "notion", {"database": "d"})
