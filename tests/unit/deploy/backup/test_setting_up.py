"""Where backups go, written into a settings file."""

import tomllib
from pathlib import Path

import pytest

from deploy.backup.setting_up import password_file_of, write_repository
from deploy.configuration import load_system_settings
from shared.errors import PapersysError, SettingsError

TEXT = '# mine\n[data]\npath = "data" # here\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "papersys.toml"
    path.write_text(TEXT)
    return path


def test_the_repository_is_named_with_a_password_that_nobody_else_reads(file: Path) -> None:
    where = file.parent.parent / "backups"
    settings = write_repository(file, str(where), load_system_settings(file))
    assert settings.backup.folder == where
    assert file.read_text().startswith(TEXT)
    password_file = password_file_of(settings)
    assert password_file == file.parent / "backup.password"
    assert password_file.stat().st_mode & 0o077 == 0
    assert len(settings.backup.known_password()) >= 24


def test_a_password_that_is_known_is_kept(file: Path) -> None:
    (file.parent / "own").write_text("my own\n")
    file.write_text(TEXT + '[backup]\npassword_file = "own" # mine\nkeep_daily = 3\n')
    settings = write_repository(file, "s3:https://host/bucket", load_system_settings(file))
    assert settings.backup.known_password() == "my own"
    assert tomllib.loads(file.read_text())["backup"] == {
        "password_file": "own",
        "keep_daily": 3,
        "repository": "s3:https://host/bucket",
    }
    assert not (file.parent / "backup.password").exists()


def test_a_repository_within_the_data_folder_is_refused(file: Path) -> None:
    with pytest.raises(PapersysError, match="within the data folder"):
        write_repository(file, str(file.parent / "data" / "backups"), load_system_settings(file))
    assert file.read_text() == TEXT


def test_one_that_restic_does_not_know_is_refused(file: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be a repository"):
        write_repository(file, "ftp:host", load_system_settings(file))
