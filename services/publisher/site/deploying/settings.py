"""`[publisher.deploy]`: where the built site goes, and the secret of that place."""

import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from shared.errors import SettingsError
from shared.hosts.addresses import is_loopback
from shared.settings.secret_files import read_secret
from shared.settings.section import Section

Destination = Literal["none", "cloudflare", "git", "rsync", "folder"]
_NEEDED: dict[Destination, tuple[str, ...]] = {
    "none": (),
    "cloudflare": ("account_id", "project"),
    "git": ("repository",),
    "rsync": ("rsync_to",),
    "folder": ("folder",),
}
_PROJECT = re.compile(r"[a-z0-9][a-z0-9-]{0,57}")
_BRANCH = re.compile(r"(?!.*(?:\.\.|//|/\.|\.lock$|/$))[A-Za-z0-9][\w./-]{0,200}", re.ASCII)


class DeploySettings(Section):
    """Without `to`, the site stays on this machine."""

    to: Destination = Field("none", description="where the built site goes: cloudflare, git, rsync, folder, or none")
    after_build: bool = Field(False, description="deploy by itself whenever the site was built anew")
    account_id: str | None = Field(None, description="for cloudflare: id of the account")
    project: str | None = Field(None, description="for cloudflare: name of the Pages project; it must exist")
    repository: str | None = Field(None, description="for git: address or folder of the repository, without a password")
    branch: str | None = Field(
        None, description="for git: a branch of its own for the site, none: `gh-pages`; for cloudflare: none: `main`"
    )
    rsync_to: str | None = Field(
        None, description="for rsync: `user@host:/folder`, `rsync://host/module/folder` or a local folder"
    )
    folder: Path | None = Field(None, description="for folder: where the site is copied; absolute, or from your home ~")
    user: str | None = Field(None, description="user name that goes with the secret, for git over HTTPS and rsync://")
    token: SecretStr | None = Field(None, description="secret of the destination: API token or password")
    token_file: Path | None = Field(None, description="file with the secret of the destination")
    ssh_key_file: Path | None = Field(None, description="for git and rsync over SSH: private key; none: SSH's own")
    wrangler: Path | None = Field(
        None, description="for cloudflare: an installed wrangler 4; none: installed in the data folder when needed"
    )
    retry_delays_seconds: tuple[float, ...] = Field(
        (5, 30, 120), description="waits between attempts of a deploy; one more attempt than waits"
    )
    timeout_minutes: float = Field(30.0, gt=0, description="time after which an attempt to deploy is given up")

    @model_validator(mode="after")
    def _is_usable(self) -> Self:
        missing = [name for name in _NEEDED[self.to] if not getattr(self, name)]
        if missing:
            raise ValueError(f"publisher.deploy.to is {self.to}, which needs publisher.deploy.{missing[0]}")
        for name in ("account_id", "project", "repository", "branch", "rsync_to", "user"):
            _refuse_option(name, getattr(self, name))
        for name in ("repository", "rsync_to"):
            _refuse_password(name, getattr(self, name))
        if self.project and not _PROJECT.fullmatch(self.project):
            raise ValueError(
                f"{self.project!r} is not the name of a Pages project: lower-case letters, digits, hyphens"
            )
        if self.branch and not _BRANCH.fullmatch(self.branch):
            raise ValueError(f"{self.branch!r} is not the name of a branch")
        if self.folder and not self.folder.expanduser().is_absolute():
            raise ValueError(f"publisher.deploy.folder {str(self.folder)!r} is relative; give the whole path")
        if self.to == "git" and self._has_secret() and not _keeps_secrets(self.repository or ""):
            raise ValueError(
                "publisher.deploy.token goes with https:// alone; for SSH set publisher.deploy.ssh_key_file"
            )
        return self

    def secret(self) -> str:
        """The token or password; empty where none is set. Raises SettingsError where its file cannot be read."""
        if self.token is not None:
            return self.token.get_secret_value().strip()
        return read_secret(self.token_file, "publisher.deploy.token_file") if self.token_file else ""

    def needed_secret(self, what: str) -> str:
        """Raises SettingsError where there is none; `what` says what it is."""
        if secret := self.secret():
            return secret
        raise SettingsError(
            f"Deploying needs {what}: set PAPERSYS_PUBLISHER__DEPLOY__TOKEN, or name a file that holds it as "
            "publisher.deploy.token_file."
        )

    def _has_secret(self) -> bool:
        return self.token is not None or self.token_file is not None


def _refuse_option(name: str, value: str | None) -> None:
    """What begins with a hyphen would be an option to the program that is given it."""
    if value and (value.startswith("-") or not value.isprintable() or value.strip() != value):
        raise ValueError(f"publisher.deploy.{name} {value!r} begins with a hyphen or holds characters that it may not")


def _refuse_password(name: str, value: str | None) -> None:
    if value and "://" in value and urlsplit(value).password is not None:
        raise ValueError(
            f"publisher.deploy.{name} holds a password; set it as PAPERSYS_PUBLISHER__DEPLOY__TOKEN or "
            "publisher.deploy.token_file"
        )


def _keeps_secrets(repository: str) -> bool:
    """Whether a password sent there is encrypted, or stays on this machine."""
    parts = urlsplit(repository)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
