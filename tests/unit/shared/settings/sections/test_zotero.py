"""Tables of Zotero libraries: what each needs, and that nobody is shown the key."""

from pathlib import Path
from typing import Any

import pytest

from services.publisher.settings import Settings
from shared.errors import SettingsError
from shared.settings.sections.zotero import ZoteroSettings
from shared.settings.settings import load_settings

TABLE = '[zotero.mine]\nlibrary = "users/4711"\n'


def loaded(tmp_path: Path, text: str, **environment: str) -> Settings:
    path = tmp_path / "papersys.toml"
    path.write_text(text)
    return load_settings(Settings, path, environment)


def test_the_key_comes_from_a_file_beside_the_settings_or_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "zotero.key").write_text("very-secret\n")
    settings = loaded(tmp_path, f'{TABLE}key_file = "zotero.key"\n')
    assert settings.zotero["mine"].secret("mine") == "very-secret"
    other = loaded(tmp_path, TABLE, PAPERSYS_ZOTERO__MINE__KEY="very-secret")
    assert other.zotero["mine"].secret("mine") == "very-secret"
    assert "very-secret" not in f"{settings!r} {other!r}"


def test_a_key_in_the_settings_file_is_refused_without_being_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PAPERSYS_ZOTERO__MINE__KEY") as raised:
        loaded(tmp_path, f'{TABLE}key = "very-secret"\n')
    assert "very-secret" not in str(raised.value)


def test_without_a_key_it_says_where_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"zotero.org/settings/keys.*PAPERSYS_ZOTERO__MINE__KEY"):
        loaded(tmp_path, TABLE).zotero["mine"].secret("mine")


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"library": "4711"}, "looks like users/1234567"),
        ({"library": "users/4711", "base_url": "http://api.zotero.org"}, "use https"),
        ({"library": "users/4711", "write": ["likes"]}, "'picks' or 'saved'"),
        ({"library": "users/4711", "weight": 2}, "less than or equal to 1"),
    ],
)
def test_a_table_that_cannot_work_says_why(facts: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ZoteroSettings.model_validate(facts)
