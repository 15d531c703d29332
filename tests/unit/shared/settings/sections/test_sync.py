"""The settings of copies elsewhere."""

from pathlib import Path

import pytest

from shared.errors import SettingsError
from shared.settings.sections.sync import SyncSettings


def test_paths_count_from_the_folder_of_the_settings_wherever_a_command_is_run(tmp_path: Path) -> None:
    values = {"git_folder": "copies", "hub_token_file": "~/token"}
    settings = SyncSettings.model_validate(values, context={"folder": tmp_path})
    assert settings.git_folder == tmp_path / "copies"
    assert settings.hub_token_file == Path.home() / "token"
    assert SyncSettings.model_validate({"git_folder": "copies"}).git_folder == Path.cwd() / "copies"


def test_a_dataset_without_a_token_says_where_to_get_one() -> None:
    with pytest.raises(SettingsError, match=r"set sync.hub_token_file"):
        SyncSettings(hub_dataset="you/papers").token()
