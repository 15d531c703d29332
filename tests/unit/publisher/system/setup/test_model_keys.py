"""A key goes to its own server and to nobody else."""

from pathlib import Path

import pytest

from services.publisher.system.setup.model_keys import ModelKeys
from services.publisher.system.setup.settings_file import SettingsFile
from shared.errors import SettingsError
from shared.settings.sections.language_models import LlmSettings


def keys(folder: Path, text: str = "", llm: LlmSettings | None = None) -> ModelKeys:
    path = folder / "papersys.toml"
    path.write_text(text)
    return ModelKeys(SettingsFile(path, is_first=False), llm or LlmSettings())


def test_a_key_that_was_entered_is_known_for_its_server_alone(tmp_path: Path) -> None:
    mine = keys(tmp_path)
    mine.enter("http://h/v1/", "sk-1")
    mine.enter("http://other/v1", "")
    mine.enter("http://odd/v1", "sk-1\r\nX-Evil: 1")
    assert mine.key_for("http://h/v1") == "sk-1"
    assert [mine.has(address) for address in ("http://h/v1", "http://other/v1", "http://odd/v1", "")] == [True] + 3 * [
        False
    ]
    assert mine.keep("http://h/v1") == str(tmp_path / "papersys-llm.key")
    assert mine.keep("http://other/v1") == ""


def test_keys_of_the_settings_go_to_the_server_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-2")
    mine = keys(tmp_path, '[llm]\nbase_url = "http://h/v1"\napi_key_file = "key"')
    assert (mine.key_for("http://h/v1"), mine.key_for("http://other/v1")) == ("sk-2", "")
    (tmp_path / "key").unlink()
    with pytest.raises(SettingsError, match="cannot be read"):
        mine.key_for("http://h/v1")
    running = LlmSettings.model_validate({"base_url": "http://h/v1", "model": "m", "api_key": "sk-3"})
    assert keys(tmp_path, "", running).key_for("http://h/v1") == "sk-3"
    assert keys(tmp_path, "", LlmSettings(base_url="http://h/v1")).key_for("http://h/v1") == ""
