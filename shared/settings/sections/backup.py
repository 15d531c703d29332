"""`[backup]`: where restic keeps backups of the data folder, how often they are made, and how long they are kept."""

import re
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from shared.errors import SettingsError
from shared.settings.secret_files import read_secret
from shared.settings.section import Section

_REMOTE = re.compile(r"(?:s3|sftp|rest|rclone|b2|azure|gs|swift):\S+")
_LINE = re.compile(r"(?:export )?([A-Za-z_][A-Za-z0-9_]*)=(.*)")
_MOST_BYTES = 64 * 1024
_OURS = ("RESTIC_PASSWORD", "RESTIC_REPOSITORY", "RESTIC_CACHE", "LD_", "PATH")
"""What decides where backups go or which program runs is no credential."""


class BackupSettings(Section):
    """Without `repository` no backups are made."""

    repository: str | None = Field(
        None,
        description="where backups go, as restic writes it: a folder, `s3:https://host/bucket`, "
        "`sftp:user@host:/folder`, `rclone:remote:folder`, `rest:https://host/`; none: no backups are made",
    )
    password: SecretStr | None = Field(None, description="secret, by environment only; encrypts the backups")
    password_file: Path | None = Field(None, description="file with the password")
    credentials_file: Path | None = Field(
        None,
        description="file with lines NAME=value for the storage, such as AWS_ACCESS_KEY_ID=...; only restic gets them",
    )
    every_hours: float = Field(24.0, ge=0, description="how often `papersys up` makes a backup; 0: only by command")
    documents: bool = Field(True, description="back up the full texts of papers too, which arXiv could send again")
    keep_daily: int = Field(7, ge=0, description="days of which the last backup is kept")
    keep_weekly: int = Field(5, ge=0, description="weeks of which the last backup is kept")
    keep_monthly: int = Field(12, ge=0, description="months of which the last backup is kept")
    keep_yearly: int = Field(
        10, ge=0, description="years of which the last backup is kept; all four 0: every backup is"
    )
    check_every_days: float = Field(
        7.0, ge=0, description="how often the running system checks the repository; 0: only by command"
    )
    check_percent: float = Field(
        5.0, ge=0, le=100, description="how much of what is stored a check reads back, chosen at random"
    )
    upload_kb_per_second: int = Field(0, ge=0, description="limit of the upload; 0: none")
    program: str = Field("restic", min_length=1, description="restic, by name or path")

    @field_validator("repository", mode="after")
    @classmethod
    def _folders_start_where_the_settings_lie(cls, repository: str | None, info: ValidationInfo) -> str | None:
        if not repository or not repository.strip():
            return None
        return checked_repository(repository.strip(), (info.context or {}).get("folder") or Path.cwd())

    @field_validator("password_file", "credentials_file", mode="after")
    @classmethod
    def _files_start_where_the_settings_lie(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        folder: Path = (info.context or {}).get("folder") or Path.cwd()
        return folder / file.expanduser() if file is not None else None

    @model_validator(mode="after")
    def _a_repository_has_a_password(self) -> Self:
        if self.repository and self.password is None and self.password_file is None:
            raise ValueError(
                "a repository needs a password: name a file in password_file, or set PAPERSYS_BACKUP__PASSWORD "
                "(`papersys backup init REPOSITORY` makes one)"
            )
        return self

    @property
    def folder(self) -> Path | None:
        """The folder of a repository on this machine."""
        return None if not self.repository or is_remote(self.repository) else Path(self.repository)

    def known_password(self) -> str:
        """Raises SettingsError where there is none that can be read."""
        if self.password is not None:
            return self.password.get_secret_value()
        if self.password_file is None:
            raise SettingsError("No backups are set up: `papersys backup init REPOSITORY` does it.")
        return read_secret(self.password_file, "backup.password_file")

    def credentials(self) -> dict[str, str]:
        """What restic finds in its environment. Raises SettingsError."""
        return read_credentials(self.credentials_file) if self.credentials_file else {}


def is_remote(repository: str) -> bool:
    """Whether a repository is at a service that restic speaks to, rather than in a folder."""
    return bool(_REMOTE.match(repository))


def checked_repository(repository: str, folder: Path) -> str:
    """A repository as restic takes it from any folder. Raises ValueError that repeats no password."""
    if not is_remote(repository):
        if re.match(r"[a-z0-9]{2,}:", repository) and not repository.startswith("local:"):
            raise ValueError(f"restic knows no {repository.split(':')[0]!r}; see its list of repositories")
        return str((folder / Path(repository.removeprefix("local:")).expanduser()).resolve())
    kind, address = repository.split(":", 1)
    if "://" in address and urlsplit(address).password:
        raise ValueError(f"the address holds a password; put what {kind} wants into the file of credentials_file")
    return repository


def read_credentials(path: Path) -> dict[str, str]:
    """The lines NAME=value of a file; comments and empty lines are left out. Raises SettingsError without any value."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise SettingsError(f"backup.credentials_file {str(path)!r} cannot be read: {why}.") from None
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None or match[1].startswith(_OURS) or "\0" in match[2]:
            raise SettingsError(
                f"backup.credentials_file {path}, line {number}, is no line NAME=value for the storage, such as "
                "AWS_ACCESS_KEY_ID=..."
            )
        found[match[1]] = match[2].strip().strip("\"'")
    return found
