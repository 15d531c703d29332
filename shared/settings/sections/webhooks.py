"""`[webhooks.NAME]`: chats and phones that are told of picks, one table for each."""

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator

from shared.contracts import DEFAULT_USER
from shared.errors import SettingsError
from shared.hosts.addresses import is_loopback
from shared.settings.secret_files import read_secret
from shared.settings.section import Section
from shared.settings.time_zones import TimeZone

_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–—]\s*([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*", re.ASCII)
_ROOM = re.compile(r"![^\s/?#]+", re.ASCII)


def hours_of(text: str) -> tuple[time, time]:
    """`08:00-19:00` as its two ends; `24:00` is the end of the day. Raises ValueError."""
    match = _HOURS.fullmatch(text.strip())
    if match is None or (match[3] == "24" and match[4] != "00"):
        raise ValueError(f"{text!r} are not hours; they look like 08:00-19:00")
    return time(int(match[1]), int(match[2])), time.max if match[3] == "24" else time(int(match[3]), int(match[4]))


def checked_hours(text: str) -> str:
    """Raises ValueError."""
    hours_of(text)
    return text


def webhook_name(name: str) -> str:
    """A name that an environment variable can hold, too. Raises ValueError."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a webhook; use small letters, digits and single underscores")
    return name


class WebhookSettings(Section):
    """Slack, Discord and ntfy have an address that is a secret; Matrix has a homeserver, a room and a token."""

    kind: Literal["slack", "discord", "matrix", "ntfy"] = Field(
        description="what listens: slack, discord, matrix, ntfy"
    )
    url: SecretStr | None = Field(None, description="its address, which is a secret: by environment only")
    url_file: Path | None = Field(None, description="file with the address, of Slack, Discord or an ntfy topic")
    homeserver: str | None = Field(None, description="for Matrix: address of the homeserver")
    room: str | None = Field(None, description="for Matrix: id of the room, `!abc:example.org`")
    token: SecretStr | None = Field(
        None, description="secret, by environment only: of Matrix, or of a closed ntfy topic"
    )
    token_file: Path | None = Field(None, description="file with the token")
    user: str = Field(DEFAULT_USER, min_length=1, description="whose picks are told")
    threshold: float = Field(
        0.0, ge=0, le=1, description="least match score of a pick that is told, 0 to 1; 0: every pick, scored or not"
    )
    hours: Annotated[str, AfterValidator(checked_hours)] = Field(
        "00:00-24:00", description="when it may ring, `08:00-19:00`; what comes at another time waits"
    )
    timezone: TimeZone = Field("UTC", description="time zone of the hours")
    bundle: bool = Field(True, description="one message for the picks of a day; false: one for each")
    wait_minutes: float = Field(120, ge=0, description="how long a pick waits for its summary")

    @field_validator("url_file", "token_file")
    @classmethod
    def _files_start_where_the_settings_lie(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        folder: Path = (info.context or {}).get("folder") or Path.cwd()
        return None if path is None else folder / path.expanduser()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.kind != "matrix":
            if (self.url is None) == (self.url_file is None):
                raise ValueError(
                    f"a webhook of kind {self.kind} needs its address: set url_file to a file that holds it"
                )
            if self.kind != "ntfy" and (self.token or self.token_file):
                raise ValueError(f"{self.kind} needs no token: its address is the secret")
            return self
        if self.url or self.url_file:
            raise ValueError("Matrix has no webhook address; set homeserver, room and token_file")
        if not self.homeserver or not self.room or not (self.token or self.token_file):
            raise ValueError("Matrix needs homeserver, room and token_file")
        if not _ROOM.fullmatch(self.room):
            raise ValueError(f"{self.room!r} is not the id of a room; it looks like !abc:example.org, not like #name")
        if problem := address_problem(self.homeserver):
            raise ValueError(f"homeserver {problem}")
        return self

    def address(self, name: str) -> str:
        """Where to send; a file is read anew each time. Raises SettingsError that never shows the address."""
        if self.kind == "matrix":
            return str(self.homeserver).rstrip("/")
        text = self.url.get_secret_value().strip() if self.url else ""
        setting = f"webhooks.{name}.url"
        if self.url_file:
            setting, text = f"{setting}_file", read_secret(self.url_file, f"{setting}_file")
        if problem := address_problem(text):
            raise SettingsError(f"{setting} {problem}.")
        return text

    def known_token(self, name: str) -> str | None:
        """The token; None where there is none. Raises SettingsError."""
        if self.token is not None:
            return self.token.get_secret_value().strip()
        return read_secret(self.token_file, f"webhooks.{name}.token_file") if self.token_file else None


Webhooks = dict[Annotated[str, AfterValidator(webhook_name)], WebhookSettings]


def address_problem(text: str) -> str:
    """What is wrong with an address, without showing it; empty where nothing is."""
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable()
        port: Any = parts.port
    except ValueError:
        is_address, port = False, None
    if not is_address or port == 0:
        return "holds no address; addresses begin with https://"
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        return "would be sent in clear; use https"
    return ""
