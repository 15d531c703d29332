"""The people who use this system beside its owner: `users/users.jsonl`, append-only. Written by `papersys users`.

A line says all of a person from then on; the newest of a name counts. Of a token only the hash is kept: it holds 256
random bits, so nothing slow is needed to keep it from being guessed.
"""

import hashlib
import logging
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.contracts import DEFAULT_USER, now
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder, whole_lines
from shared.store.files.file_cache import FileCache
from shared.store.files.record_lines import dump_line

log = logging.getLogger(__name__)

MOST_USERS = 1_000
MOST_PICKS = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class User(BaseModel):
    """A person. `per_day` picks and a `monthly_cost` of calls to models at most; None: what the settings say.

    `token_sha256` is empty for the owner, whose token is `publisher.token`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(pattern=f"^{_NAME.pattern}$")
    state: Literal["active", "removed"] = "active"
    token_sha256: str = ""
    per_day: int | None = Field(None, ge=1, le=MOST_PICKS)
    monthly_cost: float | None = Field(None, ge=0, allow_inf_nan=False)
    created_at: AwareDatetime

    @property
    def is_owner(self) -> bool:
        return self.name == DEFAULT_USER


class UserStore:
    """Everybody, and who may come in with which token. What another process writes counts at once."""

    def __init__(self, data: DataFolder, clock: Callable[[], datetime] = now) -> None:
        self._data, self._clock = data, clock
        self._path = data.path("users", "users.jsonl")
        self._people = FileCache(_read_people, len, MOST_USERS * 10)

    def all(self) -> list[User]:
        """Everybody but the owner, by name."""
        return [user for name, user in sorted(self._known().items()) if not user.is_owner]

    def names(self) -> list[str]:
        """The owner first, then everybody else by name."""
        return [DEFAULT_USER, *(user.name for user in self.all())]

    def get(self, name: str) -> User | None:
        """One person; None where there is nobody of that name. The owner is always there, with limits or without."""
        user = self._known().get(name)
        return User(name=DEFAULT_USER, created_at=self._clock()) if user is None and name == DEFAULT_USER else user

    def of_token(self, token: str) -> User | None:
        """Who has this token; None where nobody has."""
        given = _hash(token)
        return next((user for user in self.all() if secrets.compare_digest(user.token_sha256, given)), None)

    def add(self, name: str, per_day: int | None = None, monthly_cost: float | None = None) -> tuple[User, str]:
        """A new person and the token, which is told this once. Raises PapersysError for a name that cannot be had."""
        with self._data.lock("users"):
            name = self._free_name(name)
            token = secrets.token_urlsafe(32)
            user = User(
                name=name,
                token_sha256=_hash(token),
                per_day=per_day,
                monthly_cost=monthly_cost,
                created_at=self._clock(),
            )
            self._append(user)
        return user, token

    def adopt(self, user: User) -> None:
        """Add somebody who is known elsewhere, without a token: `renew_token` makes one. Raises PapersysError."""
        with self._data.lock("users"):
            if user.name != DEFAULT_USER:
                self._free_name(user.name)
            self._append(user.model_copy(update={"token_sha256": "", "state": "active"}))

    def renew_token(self, name: str) -> tuple[User, str]:
        """Another token in place of a person's, which opens nothing any more. Raises PapersysError."""
        with self._data.lock("users"):
            user, token = self._other(name), secrets.token_urlsafe(32)
            user = user.model_copy(update={"token_sha256": _hash(token)})
            self._append(user)
        return user, token

    def limit(self, name: str, **limits: float | None) -> User:
        """Other limits of a person (`per_day`, `monthly_cost`), the owner included. Raises PapersysError."""
        with self._data.lock("users"):
            user = self.get(name)
            if user is None:
                raise self._unknown(name)
            user = User.model_validate({**user.model_dump(), **limits})
            self._append(user)
        return user

    def remove(self, name: str) -> User:
        """Let a person in no longer, and pick nothing for them; what they rated stays. Raises PapersysError."""
        with self._data.lock("users"):
            user = self._other(name).model_copy(update={"state": "removed", "token_sha256": ""})
            self._append(user)
        return user

    def require(self, name: str) -> str:
        """The name of somebody who is known here. Raises PapersysError."""
        if self.get(name) is None:
            raise self._unknown(name)
        return name

    def _known(self) -> dict[str, User]:
        return self._people.get(self._path) or {}

    def _append(self, user: User) -> None:
        self._data.append_lines(self._path, dump_line(user))

    def _free_name(self, text: str) -> str:
        name = text.strip().lower()
        if not _NAME.fullmatch(name):
            raise PapersysError(
                f"{text!r} cannot be a name: use 1 to 40 of the letters a-z, digits, - and _, beginning with a letter "
                "or digit."
            )
        if name == DEFAULT_USER:
            raise PapersysError(f"{DEFAULT_USER!r} is the owner of this system, who is there already.")
        if name in self._known():
            raise PapersysError(f"There is a user {name} already; `papersys users token {name}` makes a new link.")
        if len(self.all()) >= MOST_USERS:
            raise PapersysError(f"There are {MOST_USERS} users already, as many as papersys has room for.")
        return name

    def _other(self, name: str) -> User:
        """A person who is not the owner. Raises PapersysError."""
        if name == DEFAULT_USER:
            raise PapersysError(
                f"{DEFAULT_USER!r} is the owner of this system, whose token is publisher.token; `papersys reader` "
                "prints the owner's link."
            )
        user = self._known().get(name)
        if user is None:
            raise self._unknown(name)
        return user

    def _unknown(self, name: str) -> PapersysError:
        return PapersysError(f"There is no user {name!r}; there are: {', '.join(self.names())}.")


def token_fingerprint(user: User) -> str:
    """Tells one token of a person from the next, without the token."""
    return user.token_sha256[:16]


def _hash(token: str) -> str:
    return hashlib.sha256(token.strip().encode("utf-8", "surrogatepass")).hexdigest()


def _read_people(path: Path) -> dict[str, User]:
    """Who is there by the newest line of each name; a line that cannot be read is named in the log and left out."""
    people: dict[str, User] = {}
    for number, line in enumerate(whole_lines(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            user = User.model_validate_json(line)
        except ValidationError as error:
            text = "%s, line %d, cannot be read and is left out: %s."
            log.error(text, path, number, error.errors()[0]["msg"], extra={"action": "line_unreadable"})
            continue
        people[user.name] = user
    return {name: user for name, user in people.items() if user.state == "active"}
