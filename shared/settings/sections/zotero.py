"""`[zotero.NAME]`: a person's library at zotero.org, one table for each."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator

from shared.contracts import DEFAULT_USER
from shared.errors import SettingsError
from shared.hosts.addresses import is_loopback
from shared.settings.secret_files import read_secret
from shared.settings.section import Section

ZOTERO = "https://api.zotero.org"
_LIBRARY = re.compile(r"(?:users|groups)/[1-9]\d{0,11}", re.ASCII)
_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*", re.ASCII)


def library_name(name: str) -> str:
    """A name that an environment variable and a file can hold, too. Raises ValueError."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a library; use small letters, digits and single underscores")
    return name


def _library(text: str) -> str:
    if not _LIBRARY.fullmatch(text):
        raise ValueError(f"{text!r} is not a library; it looks like users/1234567 or groups/234567")
    return text


class ZoteroSettings(Section):
    """Without `read` no ratings are taken from there, without `write` nothing is written."""

    library: Annotated[str, AfterValidator(_library)] = Field(
        description="`users/` or `groups/` and the number that https://www.zotero.org/settings/keys shows"
    )
    key: SecretStr | None = Field(None, description="secret API key, by environment only")
    key_file: Path | None = Field(None, description="file with the API key")
    user: str = Field(DEFAULT_USER, min_length=1, description="whose ratings, picks and saved papers these are")
    read: tuple[str, ...] = Field(
        (), description="collections whose papers count as liked, by pattern: `Physics`, `Physics/*`, `*`"
    )
    weight: float = Field(0.5, gt=0, le=1, description="of such a like; one given by a tag weighs 1")
    like_tags: tuple[str, ...] = Field(("papersys:like",), description="tags that like a paper; coloured ones, too")
    dislike_tags: tuple[str, ...] = Field(("papersys:dislike",), description="tags that dislike a paper")
    write: tuple[Literal["picks", "saved"], ...] = Field((), description="what is written there: picks, saved")
    threshold: float = Field(0.0, ge=0, le=1, description="least match score of a pick that is written; 0: every pick")
    collection: str = Field("papersys", min_length=1, max_length=255, description="collection it is written into")
    poll_minutes: float = Field(15.0, gt=0, description="how often both sides are compared")
    base_url: str = Field(ZOTERO, description="where Zotero's API answers")

    @field_validator("key_file")
    @classmethod
    def _files_start_where_the_settings_lie(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        folder: Path = (info.context or {}).get("folder") or Path.cwd()
        return None if path is None else folder / path.expanduser()

    @model_validator(mode="after")
    def _key_is_not_sent_in_clear(self) -> Self:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"base_url {self.base_url!r} is not an address; it looks like {ZOTERO}")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("base_url would send the key in clear; use https")
        return self

    @property
    def is_group(self) -> bool:
        """Whether others read along."""
        return self.library.startswith("groups/")

    def secret(self, name: str) -> str:
        """The API key; a file is read anew each time. Raises SettingsError."""
        if self.key is not None and self.key.get_secret_value().strip():
            return self.key.get_secret_value().strip()
        if self.key_file is not None:
            return read_secret(self.key_file, f"zotero.{name}.key_file")
        raise SettingsError(
            f"There is no key for Zotero: make one at https://www.zotero.org/settings/keys and put it into a file "
            f"named by zotero.{name}.key_file, or into PAPERSYS_ZOTERO__{name.upper()}__KEY."
        )


ZoteroLibraries = dict[Annotated[str, AfterValidator(library_name)], ZoteroSettings]
