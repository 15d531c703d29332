"""`[backup]` in the settings."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.errors import SettingsError
from shared.settings.sections.backup import BackupSettings, checked_repository, read_credentials


def settings(folder: Path, **values: object) -> BackupSettings:
    return BackupSettings.model_validate({"password": "p", **values}, context={"folder": folder})


def test_folders_and_files_start_where_the_settings_lie(tmp_path: Path) -> None:
    backup = settings(tmp_path, repository="../backups", password=None, password_file="word")
    assert backup.folder == tmp_path.parent / "backups"
    assert backup.password_file == tmp_path / "word"


@pytest.mark.parametrize("repository", ["s3:https://host/bucket", "sftp:me@host:/folder", "rclone:remote:folder"])
def test_repositories_elsewhere_are_taken_as_they_are(tmp_path: Path, repository: str) -> None:
    backup = settings(tmp_path, repository=repository)
    assert (backup.repository, backup.folder) == (repository, None)


@pytest.mark.parametrize(
    ("repository", "says"), [("ftp:host", "knows no 'ftp'"), ("rest:https://me:word@host/", "credentials_file")]
)
def test_others_are_refused_without_repeating_a_password(repository: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as raised:
        checked_repository(repository, Path("/"))
    assert "word" not in str(raised.value).replace("password", "")


def test_a_repository_wants_a_password(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="needs a password"):
        settings(tmp_path, repository="x", password=None)
    assert settings(tmp_path, repository=" ", password=None).repository is None


def test_the_password_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("my password\n")
    assert settings(tmp_path, password=None, password_file="word").known_password() == "my password"
    with pytest.raises(SettingsError, match="cannot be read"):
        settings(tmp_path, password=None, password_file="gone").known_password()
    with pytest.raises(SettingsError, match="backup init"):
        BackupSettings().known_password()


@pytest.mark.parametrize("line", ["a-word-alone", "LD_PRELOAD=/x.so", "RESTIC_PASSWORD_COMMAND=rm", "a b=c"])
def test_lines_that_are_no_credentials_are_refused_without_showing_them(tmp_path: Path, line: str) -> None:
    file = tmp_path / "credentials"
    file.write_text(f"A=1\n{line}\n")
    with pytest.raises(SettingsError, match="line 2") as raised:
        read_credentials(file)
    assert line not in str(raised.value)
