"""The settings file that the Setup page begins with."""

from pathlib import Path

import pytest

from services.publisher.system.setup.answers import KEEP, NONE
from services.publisher.system.setup.settings_file import DEFAULT_CATEGORIES, SettingsFile, overriding

ROOT = Path(__file__).parents[5]


def test_the_demos_own_file_is_left_alone_and_ones_own_demo_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "mine.toml"
    first = SettingsFile(tmp_path / "papersys.toml", is_first=True)
    assert SettingsFile.of(ROOT / "deploy" / "demo" / "papersys.toml", is_demo=True) == first
    assert SettingsFile.of(None, is_demo=True) == first
    assert SettingsFile.of(mine, is_demo=True) == SettingsFile(mine, is_first=True)
    assert SettingsFile.of(mine, is_demo=False) == SettingsFile(mine, is_first=False)


@pytest.mark.parametrize(
    ("text", "categories", "choice", "in_use"),
    [
        ("", DEFAULT_CATEGORIES, NONE, ""),
        ("[fetcher]\ncategories = []", (), NONE, ""),
        ('[llm]\nbase_url = "http://h/v1"\nmodel = "m"', DEFAULT_CATEGORIES, KEEP, "m at http://h/v1"),
        ('[llm]\ngguf = "own.gguf"', DEFAULT_CATEGORIES, KEEP, "own.gguf"),
        ("llm = 3", DEFAULT_CATEGORIES, NONE, ""),
    ],
)
def test_what_it_says_now_is_what_the_page_shows(
    tmp_path: Path, text: str, categories: tuple[str, ...], choice: str, in_use: str
) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text(text)
    file = SettingsFile(path, is_first=False)
    entered = file.entered()
    assert (entered.categories, entered.model_choice, file.model_in_use) == (categories, choice, in_use)
    assert file.reads_all is (categories == ())


def test_a_key_file_belongs_to_its_own_server(tmp_path: Path) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text('[llm]\nbase_url = "http://h/v1"\napi_key_file = "key"')
    file = SettingsFile(path, is_first=False)
    assert (file.known_key_file("http://h/v1"), file.known_key_file("http://evil/v1")) == ("key", "")


def test_variables_that_go_before_the_file_are_named() -> None:
    assert overriding({"PAPERSYS_LLM__MODEL": "m", "PAPERSYS_RANKER__PER_DAY": ""}) == ["PAPERSYS_LLM__MODEL"]
