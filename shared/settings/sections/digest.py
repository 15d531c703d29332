"""`[digest]`: the daily e-mail with the picks, and the SMTP server that sends it."""

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from shared.errors import SettingsError
from shared.hosts.addresses import is_loopback
from shared.settings.secret_files import read_secret
from shared.settings.section import Section
from shared.settings.time_zones import TimeZone


def _web_address(text: str) -> str:
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname:
        raise ValueError(f"{text!r} is not the address of a page; it looks like https://papers.example.org")
    return text.rstrip("/")


_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*", re.ASCII)
"""What the HTML standard takes for one: https://html.spec.whatwg.org/#valid-e-mail-address"""


def _mail_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(f"{text!r} is not an e-mail address; it looks like you@example.org")
    return text


MailAddress = Annotated[str, AfterValidator(_mail_address)]


class DigestSettings(Section):
    """Without `smtp_host`, or for a user without an address in `to`, no e-mail is sent."""

    smtp_host: str | None = Field(None, description="SMTP server that sends the daily e-mail; none: there is no e-mail")
    smtp_port: int = Field(587, ge=1, le=65535, description="port of the SMTP server; 465 goes with security tls")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="of the connection to the SMTP server; none: for a server on this machine"
    )
    smtp_user: str | None = Field(None, description="user name at the SMTP server; none: it wants none")
    smtp_password: SecretStr | None = Field(None, description="secret, by environment only")
    smtp_password_file: Path | None = Field(None, description="file with the password")
    sender: MailAddress | None = Field(None, description="address that the e-mail comes from; none: smtp_user")
    to: dict[str, MailAddress] = Field(default_factory=dict, description="each user's e-mail address; yours: `me`")
    not_before: time = Field(time(6, 0), description="earliest time of the day to send it")
    timezone: TimeZone = Field("UTC", description="time zone of not_before")
    wait_minutes: float = Field(120, ge=0, description="how long it waits for the summaries of the day's picks")
    reader_address: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="where the links in the e-mail lead; none: to the reader's port on this machine"
    )
    timeout_seconds: float = Field(30.0, gt=0, description="silence of the SMTP server after which it is given up")

    @model_validator(mode="after")
    def _password_is_not_sent_in_clear(self) -> Self:
        if self.smtp_host and self.smtp_user and self.security == "none" and not is_loopback(self.smtp_host):
            raise ValueError("digest.security none would send the password in clear; use starttls or tls")
        return self

    def address_of(self, user: str) -> str | None:
        """Where a user's digest goes; None where nothing is sent to them."""
        return self.to.get(user) if self.smtp_host else None

    def from_address(self) -> str:
        """Raises SettingsError where none is set."""
        if self.sender:
            return self.sender
        if self.smtp_user and "@" in self.smtp_user:
            return self.smtp_user
        raise SettingsError("The digest has no sender; set digest.sender to an e-mail address.")

    def password(self) -> str:
        """Raises SettingsError where its file cannot be read."""
        if self.smtp_password is not None:
            return self.smtp_password.get_secret_value()
        return read_secret(self.smtp_password_file, "digest.smtp_password_file") if self.smtp_password_file else ""
