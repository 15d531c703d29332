"""What `llm.gguf` may say."""

from pathlib import Path

import pytest

from shared.errors import SettingsError
from shared.settings.sections.own_model import HubFile, checked_gguf, hub_file, model_name
from shared.settings.settings import CommonSettings, load_settings


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Qwen/Q-GGUF/q4_k_m.gguf", HubFile("Qwen/Q-GGUF", "q4_k_m.gguf")),
        ("Qwen/Q-GGUF:q4_k_m.gguf", HubFile("Qwen/Q-GGUF", "q4_k_m.gguf")),
        ("hf://Qwen/Q-GGUF@v1/sub/q.gguf", HubFile("Qwen/Q-GGUF", "sub/q.gguf", "v1")),
        ("q.gguf", None),
        ("models/q.gguf", None),
        ("/models/of/mine/q.gguf", None),
        ("a/../b/q.gguf", None),
        ("a/b/../q.gguf", None),
        ("a/b/q.gguf?x=1", None),
        ("a/b/%2e%2e/q.gguf", None),
        ("a/b/q.bin", None),
    ],
)
def test_names_of_the_hub_and_nothing_else(text: str, meant: HubFile | None) -> None:
    assert hub_file(text) == meant


def test_a_path_starts_at_the_folder_of_the_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text('[llm]\ngguf = "models/q.gguf"\n')
    assert load_settings(CommonSettings, path).llm.gguf == str(tmp_path / "models" / "q.gguf")


def test_a_file_that_is_there_comes_before_the_hub(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert checked_gguf("a/b/q.gguf", tmp_path) == "a/b/q.gguf"
    (tmp_path / "a" / "b" / "q.gguf").touch()
    assert checked_gguf("a/b/q.gguf", tmp_path) == str(tmp_path / "a/b/q.gguf")


@pytest.mark.parametrize("text", ["qwen3:8b", "https://example.org/q.gguf", "q\n.gguf", "model.safetensors"])
def test_what_names_no_model_is_refused_with_an_example(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"owner/repository/file\.gguf"):
        checked_gguf(text, tmp_path)


def test_two_places_of_the_model_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text('[llm]\ngguf = "q.gguf"\nbase_url = "http://127.0.0.1:11434/v1"\n')
    with pytest.raises(SettingsError, match="base_url and gguf"):
        load_settings(CommonSettings, path)


def test_the_launcher_can_say_that_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text('[llm]\ngguf = "q.gguf"\n')
    environment = {"PAPERSYS_LLM__GGUF": "", "PAPERSYS_LLM__BASE_URL": "http://127.0.0.1:1/v1"}
    assert load_settings(CommonSettings, path, environment).llm.gguf is None


@pytest.mark.parametrize(
    ("gguf", "name"),
    [
        ("/a/b/Qwen2.5-1.5B-Q4_K_M.gguf", "Qwen2.5-1.5B-Q4_K_M"),
        ("owner/repo:x-00001-of-00003.gguf", "x"),
        ("owner/repo/sub/x.GGUF", "x"),
    ],
)
def test_a_model_is_called_after_its_file(gguf: str, name: str) -> None:
    assert model_name(gguf) == name
