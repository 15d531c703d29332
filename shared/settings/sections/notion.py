"""`[notion]`: the Notion database that holds a row a paper, and the token that opens it."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from shared.contracts import DEFAULT_USER
from shared.errors import SettingsError
from shared.hosts.addresses import is_loopback
from shared.settings.secret_files import read_secret
from shared.settings.section import Section

NOTION = "https://api.notion.com"


class NotionSettings(Section):
    enabled: bool = Field(
        False, description="keep a row of a Notion database for every summarised paper, and take ratings from there"
    )
    token: SecretStr | None = Field(None, description="secret of the Notion connection, by environment only")
    token_file: Path | None = Field(None, description="file with that secret")
    database: str | None = Field(None, description="the database's id or address; `papersys notion init` writes it")
    data_source: str | None = Field(None, description="id of the database's data source; needed where it has several")
    user: str = Field(DEFAULT_USER, min_length=1, description="whose picks and ratings the database shows")
    poll_minutes: float = Field(5.0, gt=0, description="how often ratings are read and changes written")
    requests_per_second: float = Field(
        2.5, gt=0, description="pace of writing; reading ratings takes a fifth of it on top, and Notion allows 3 in all"
    )
    base_url: str = Field(NOTION, description="where Notion's API answers")

    @model_validator(mode="after")
    def _token_is_not_sent_in_clear(self) -> Self:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"notion.base_url {self.base_url!r} is not an address; it looks like {NOTION}")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("notion.base_url would send the token in clear; use https")
        return self

    def secret(self) -> str:
        """The token; a file is read anew each time, so that a new one counts at once. Raises SettingsError."""
        if self.token is not None and self.token.get_secret_value().strip():
            return self.token.get_secret_value().strip()
        if self.token_file is not None:
            return read_secret(self.token_file, "notion.token_file")
        raise SettingsError(
            "There is no token for Notion: make a connection at https://www.notion.so/profile/integrations and put "
            "its secret into a file named by notion.token_file, or into PAPERSYS_NOTION__TOKEN."
        )
