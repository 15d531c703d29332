"""The choice of a model in papersys.toml: everything else stays as its owner wrote it."""

import os
import stat
from pathlib import Path

import pytest

from services.summarizer.choosing.settings_file import Edit, change, use_gguf, use_named, use_none, use_server
from services.summarizer.settings import Settings
from shared.errors import SettingsError
from shared.settings.settings import load_settings

TEXT = """# mine
[data]
path = "data"     # here

[llm]             # the reader
# the paid one
base_url = "https://api.example.com/v1"   # careful
model = "big"
api_key_file = "key"
price_per_million_input = 2.5
max_input_chars = 50_000   # enough

[ranker]
per_day = 7       # a week

[llm.models.small]
base_url = "http://127.0.0.1:11434/v1"
model = "qwen3:8b"
"""
LOCAL = "http://127.0.0.1:8000/v1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "papersys.toml"
    path.write_text(TEXT)
    return path


def test_another_server_is_written_and_its_key_and_prices_go_with_the_old_one(path: Path) -> None:
    removed = change(path, use_server(LOCAL, "m"))
    text = path.read_text()
    assert removed == ["llm.api_key_file = 'key'", "llm.price_per_million_input = 2.5"]
    for kept in ("# mine", "# here", "# the reader", "# the paid one", "# careful", "# enough", "= 7       # a week"):
        assert kept in text
    assert text.index("[data]") < text.index("[llm]") < text.index("[ranker]")
    llm = load_settings(Settings, path, {}).llm
    assert (llm.base_url, llm.model, llm.api_key_file, llm.max_input_chars) == (LOCAL, "m", None, 50_000)
    assert path.with_name("papersys.toml~").read_text() == TEXT


def test_another_model_of_the_same_server_keeps_key_and_prices(path: Path) -> None:
    assert change(path, use_server("https://api.example.com/v1", "small")) == []
    assert path.read_text() == TEXT.replace('"big"', '"small"')


def test_a_file_takes_the_place_of_a_server_and_back(path: Path) -> None:
    change(path, use_gguf("models/q.gguf"))
    llm = load_settings(Settings, path, {}).llm
    assert (llm.gguf, llm.base_url, llm.model) == (str(path.parent / "models/q.gguf"), None, "")
    change(path, use_server(LOCAL, "m"))
    assert load_settings(Settings, path, {}).llm.gguf is None


def test_a_named_model_answers_every_step_until_another_is_chosen(path: Path) -> None:
    change(path, use_named("small"))
    llm = load_settings(Settings, path, {}).llm
    assert {llm.model_of(step) for step in ("extract", "repair", "tag", "link", "ask")} == {"small"}
    removed = change(path, use_server(LOCAL, "m"))
    assert "llm.steps.extract = 'small'" in removed
    assert load_settings(Settings, path, {}).llm.model_of("extract") == "default"


def test_none_removes_the_model_and_nothing_else(path: Path) -> None:
    change(path, use_none())
    llm = load_settings(Settings, path, {}).llm
    assert (llm.base_url, llm.model, llm.max_input_chars) == (None, "", 50_000)


@pytest.mark.parametrize(
    "text", ["", "# nothing yet\n", '[data]\npath = "x"', "[llm.models.a]\nmodel = 'a'\nbase_url='http://h/v1'\n"]
)
@pytest.mark.parametrize("edit", [use_server(LOCAL, "m"), use_gguf("q.gguf"), use_none()])
def test_a_file_without_the_table_gets_one(tmp_path: Path, text: str, edit: Edit) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text(text)
    change(path, edit)
    load_settings(Settings, path, {})
    assert text.strip() in path.read_text()


def test_what_would_not_be_usable_is_not_written(path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nosuch.* Nothing was changed"):
        change(path, use_named("nosuch"))
    assert path.read_text() == TEXT
    assert sorted(other.name for other in path.parent.iterdir()) == ["papersys.toml"]


@pytest.mark.parametrize("text", ["llm = 5\n", "[llm\n", "\x00"])
def test_a_file_that_is_no_settings_file_stays_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match="by hand"):
        change(path, use_none())
    assert path.read_text() == text


def test_rights_and_links_stay(tmp_path: Path, path: Path) -> None:
    path.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    change(link, use_none())
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_leaves_the_file(path: Path) -> None:
    path.parent.chmod(0o500)
    with pytest.raises(Exception, match="cannot be written"):
        change(path, use_none())
    path.parent.chmod(0o700)
    assert path.read_text() == TEXT
