"""`[giscus]`: where reactions under the published papers are read, whose count, and what an emoji says."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from shared.hosts.addresses import is_loopback
from shared.settings.secret_files import read_secret
from shared.settings.section import Section

Meaning = Literal["like", "dislike", "nothing"]

REACTIONS: Mapping[str, tuple[str, ...]] = {
    "👍": ("THUMBS_UP", "+1", "thumbsup"),
    "👎": ("THUMBS_DOWN", "-1", "thumbsdown"),
    "😄": ("LAUGH", "smile"),
    "🎉": ("HOORAY", "tada"),
    "😕": ("CONFUSED",),
    "❤": ("HEART",),
    "🚀": ("ROCKET",),
    "👀": ("EYES",),
}
"""The eight reactions of GitHub: the emoji, what its API calls it, and its other names (ReactionContent)."""

DEFAULT_MEANINGS: Mapping[str, Meaning] = {
    "👍": "like",
    "❤": "like",
    "🎉": "like",
    "🚀": "like",
    "👎": "dislike",
    "😕": "dislike",
    "😄": "nothing",
    "👀": "nothing",
}

_NAMES = {name.casefold(): emoji for emoji, names in REACTIONS.items() for name in names}
_VARIANTS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
"""How an emoji is drawn, and the colour of a hand: no other meaning."""
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}", re.ASCII)
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,60})", re.ASCII)
_LONGEST_EMOJI = 16


class GiscusSettings(Section):
    """Which GitHub Discussions are read, with which token, and for which user."""

    repo: str = Field(
        "", description="owner/name of the repository that giscus writes to; empty: no reactions are read"
    )
    category: str = Field("", description="name or id of the category of the discussions; empty: all categories")
    accounts: tuple[str, ...] = Field((), description="logins at GitHub whose reactions and comments are your ratings")
    user: str = Field("me", description="whose ratings these are: you (me), or one of the other people here")
    emojis: dict[str, Meaning] = Field(
        default_factory=dict,
        description='what an emoji says (`like`, `dislike`, `nothing`), over the defaults, as in `{"👀" = "like"}`',
    )
    reactions_on_comments: bool = Field(False, description="reactions to comments and replies are ratings too")
    poll_minutes: float = Field(10.0, gt=0, description="time between two looks at the discussions that changed last")
    recent_discussions: int = Field(
        100, ge=1, description="so many are read again at each look: a reaction leaves no mark on its discussion's date"
    )
    sweep_hours: float = Field(24.0, gt=0, description="time between two readings of all discussions")
    points_left: int = Field(
        500, ge=0, description="of the points a GitHub account has each hour, how many are left to its other programs"
    )
    api_url: str = Field("https://api.github.com/graphql", description="GraphQL address; of GitHub Enterprise, its own")
    token: SecretStr | None = Field(None, description="secret, by environment only; may read discussions")
    token_file: Path | None = Field(None, description="file with the token")

    @field_validator("repo")
    @classmethod
    def _is_repository(cls, text: str) -> str:
        bare = re.sub(r"^https?://[^/]+/|(?:\.git)?/?$", "", text.strip())
        if bare and not _REPOSITORY.fullmatch(bare):
            raise ValueError(f"{text!r} is no repository; write it as owner/name")
        return bare

    @field_validator("accounts")
    @classmethod
    def _are_logins(cls, logins: tuple[str, ...]) -> tuple[str, ...]:
        bare = [login.strip().removeprefix("@") for login in logins]
        for login in bare:
            if not _LOGIN.fullmatch(login):
                raise ValueError(f"{login!r} is no login at GitHub; write it as on the account's page")
        return tuple(bare)

    @field_validator("emojis")
    @classmethod
    def _are_emojis(cls, emojis: dict[str, Meaning]) -> dict[str, Meaning]:
        return {emoji_of(text): meaning for text, meaning in emojis.items()}

    @field_validator("api_url")
    @classmethod
    def _is_safe_for_a_token(cls, text: str) -> str:
        try:
            parts = urlsplit(text)
            host = parts.hostname or ""
        except ValueError:
            host = ""
        if not host or (parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host))):
            raise ValueError(f"{text!r} is no address for a token; it begins with https://")
        if "@" in parts.netloc:
            raise ValueError("the address must not contain a password; the token is a setting of its own")
        return text

    @property
    def is_read(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.repo)

    @property
    def meanings(self) -> Mapping[str, Meaning]:
        """What each emoji says."""
        return {**DEFAULT_MEANINGS, **self.emojis}

    def known_token(self) -> str | None:
        """The token, None where there is none. Raises SettingsError for a file that cannot be read."""
        if self.token is not None:
            return self.token.get_secret_value().strip() or None
        return read_secret(self.token_file, "giscus.token_file") if self.token_file else None


def emoji_of(text: str) -> str:
    """An emoji by its picture or its name (`👍🏽`, `+1`, `:thumbsup:`, `THUMBS_UP`). Raises ValueError."""
    bare = plain_emoji(text.strip())
    if name := _NAMES.get(bare.strip(":").casefold()):
        return name
    if not bare or bare.isascii() or len(bare) > _LONGEST_EMOJI:
        known = ", ".join(f"{emoji} ({names[0]})" for emoji, names in REACTIONS.items())
        raise ValueError(f"{text!r} is no emoji; the reactions of GitHub are {known}")
    return bare


def plain_emoji(text: str) -> str:
    """A text whose emojis have no colour of skin and no variation selector."""
    return _VARIANTS.sub("", text)
