"""Writing where backups go into the settings file, with a password in a file of its own."""

from pathlib import Path

from deploy.configuration import SystemSettings
from deploy.launcher.settings_change import settle
from deploy.setup.secrets import ensure_secret
from shared.errors import PapersysError, SettingsError
from shared.settings.changes import SettingsChange
from shared.settings.sections.backup import BackupSettings, checked_repository, is_remote
from shared.settings.text import with_values

_PASSWORD_FILE = "backup.password"  # noqa: S105 - a name


def write_repository(path: Path, repository: str, settings: SystemSettings) -> SystemSettings:
    """Name a repository in the settings file, and a password file where none is known; the settings from now on.

    Raises SettingsError where the repository cannot be one; nothing is written then.
    """
    try:
        where = checked_repository(repository, Path.cwd())
    except ValueError as error:
        raise SettingsError(f"{repository!r} cannot be a repository: {error}.") from None
    if not is_remote(where) and Path(where).is_relative_to(settings.data.path):
        raise PapersysError(f"{where} lies within the data folder, and would be lost with it; name a folder elsewhere.")
    values = {"repository": where}
    if settings.backup.password is None and settings.backup.password_file is None:
        password_file = path.resolve().parent / _PASSWORD_FILE
        ensure_secret(password_file)
        # The demo's settings take paths from where it was started.
        values["password_file"] = str(password_file) if settings.demo.enabled else _PASSWORD_FILE
    text = with_values(path.read_text("utf-8-sig"), "backup", values)
    return settle(SettingsChange(text=text), path, settings).settings


def password_file_of(settings: SystemSettings) -> Path | None:
    """Where the password lies that is in use; None where the environment gives it."""
    backup: BackupSettings = settings.backup
    return backup.password_file if backup.password is None else None
