"""Who is logged in: `state/publisher/sessions.json`, with hashes of what browsers hold and never the token.

A session ends when it expires, on logging out, or when the token that opened it is no more. Browsers that logged in
once are remembered longer, to tell them from strangers when tokens are guessed.
"""

import hashlib
import logging
import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.contracts import DEFAULT_USER
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of

log = logging.getLogger(__name__)

DAY_SECONDS = 86_400
BROWSER_DAYS = 365
_MOST = 200
_MOST_BROWSERS = 2_000
_LOCK_SECONDS = 2.0


class SessionUser(BaseModel):
    """Whose a session is; `token` is the fingerprint of the token that opened it, empty for the settings' own."""

    model_config = ConfigDict(frozen=True)

    name: str = DEFAULT_USER
    token: str = ""


OWNER = SessionUser()


class SessionFile(BaseModel):
    """The file: each hash with its expiry (UNIX seconds). `token` is a hash of the token of the settings, with which
    all sessions end; `users` says whose a session is where it is not the owner's."""

    model_config = ConfigDict(frozen=True)

    salt: str = Field(default_factory=lambda: secrets.token_hex(16))
    token: str = ""
    sessions: dict[str, float] = {}
    browsers: dict[str, float] = {}
    users: dict[str, SessionUser] = {}

    def without_expired(self, now: float) -> Self:
        sessions = _fresh(self.sessions, now)
        users = {name: user for name, user in self.users.items() if name in sessions}
        update = {"sessions": sessions, "browsers": _fresh(self.browsers, now), "users": users}
        return self.model_copy(update=update)

    def user_of(self, name: str) -> SessionUser:
        """Whose session a hash is."""
        return self.users.get(name, OWNER)


class Sessions:
    """Opens, recognises and ends sessions of one token; what another process changes in the file counts at once."""

    def __init__(
        self, data: DataFolder, token: str, days: float = 30.0, clock: Callable[[], float] = time.time
    ) -> None:
        self._data = data
        self._path = sessions_path(data)
        self._token = token
        self._seconds = days * DAY_SECONDS
        self._clock = clock
        self._stamp: FileStamp | None = None
        self._file = self._empty()

    @property
    def seconds(self) -> float:
        """How long a session lasts."""
        return self._seconds

    def open(self, user: SessionUser = OWNER) -> str:
        """A new session; the secret that its browser keeps."""
        secret, until = secrets.token_urlsafe(32), self._clock() + self._seconds
        name = _hash(secret)

        def changes(file: SessionFile) -> dict[str, Any]:
            users = file.users if user == OWNER else {**file.users, name: user}
            return {"sessions": _newest_of_each({**file.sessions, name: until}, users), "users": users}

        self._change(changes)
        return secret

    def remember_browser(self) -> str:
        """A mark for a browser that has logged in."""
        mark, until = secrets.token_urlsafe(32), self._clock() + BROWSER_DAYS * DAY_SECONDS
        self._change(lambda file: {"browsers": _newest({**file.browsers, _hash(mark): until}, _MOST_BROWSERS)})
        return mark

    def user(self, secret: str | None) -> SessionUser | None:
        """Whose session this is; None where it is none, or ended."""
        file, name = self._read(), _hash(secret or "")
        return file.user_of(name) if secret and file.sessions.get(name, 0.0) > self._clock() else None

    def is_open(self, secret: str | None) -> bool:
        return self.user(secret) is not None

    def knows_browser(self, mark: str | None) -> bool:
        return bool(mark) and self._read().browsers.get(_hash(mark or ""), 0.0) > self._clock()

    def end(self, secret: str | None) -> None:
        """Log one browser out."""
        ended = _hash(secret or "")
        self._change(lambda file: {"sessions": {name: at for name, at in file.sessions.items() if name != ended}})

    def end_all_of(self, user: str) -> None:
        """Log a person out everywhere. Browsers that are known stay so, unless nobody else has a session."""

        def changes(file: SessionFile) -> dict[str, Any]:
            others = {name: at for name, at in file.sessions.items() if file.user_of(name).name != user}
            return {"sessions": others, "browsers": file.browsers if others else {}}

        self._change(changes)

    def _change(self, changes: Callable[[SessionFile], dict[str, Any]]) -> None:
        """Where the file cannot be written, the change holds until the end of this process."""
        try:
            with self._data.lock("sessions", _LOCK_SECONDS):
                changed = self._changed(changes)
                self._data.write_text(self._path, changed.model_dump_json() + "\n")
        except (TemporaryFailure, OSError) as error:
            log.warning("Sessions cannot be saved: %s", error, extra={"action": "sessions_not_kept"})
            changed = self._changed(changes)
        self._file, self._stamp = changed, self._file_stamp()

    def _changed(self, changes: Callable[[SessionFile], dict[str, Any]]) -> SessionFile:
        file = self._read()
        return file.model_copy(update=changes(file)).without_expired(self._clock())

    def _read(self) -> SessionFile:
        stamp = self._file_stamp()
        if stamp != self._stamp:
            self._file, self._stamp = self._from_disk(), stamp
        return self._file

    def _from_disk(self) -> SessionFile:
        try:
            stored = SessionFile.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return self._empty()
        except (OSError, ValidationError):
            log.warning("%s cannot be read; everybody has to log in again.", self._path, extra={"action": "sessions"})
            return self._empty()
        return stored if stored.token == _fingerprint(self._token, stored.salt) else self._empty()

    def _empty(self) -> SessionFile:
        fresh = SessionFile()
        return fresh.model_copy(update={"token": _fingerprint(self._token, fresh.salt)})

    def _file_stamp(self) -> FileStamp | None:
        return stamp_of(self._path, absent=OSError)


def end_all_sessions(data: DataFolder) -> None:
    """Log everybody out, from outside the running reader."""
    with data.lock("sessions"):
        sessions_path(data).unlink(missing_ok=True)


def browser_name(mark: str) -> str:
    """A browser in the log, without what it keeps."""
    return _hash(mark)[:8]


def sessions_path(data: DataFolder) -> Path:
    return data.path("state", "publisher", "sessions.json")


def _fingerprint(token: str, salt: str) -> str:
    """Slow on purpose: the file must not help to guess a token."""
    return hashlib.scrypt(_bytes(token), salt=salt.encode(), n=2**13, r=8, p=1).hex()


def _hash(secret: str) -> str:
    return hashlib.sha256(_bytes(secret)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _newest(expiries: dict[str, float], most: int) -> dict[str, float]:
    return dict(sorted(expiries.items(), key=lambda item: item[1])[-most:])


def _newest_of_each(expiries: dict[str, float], users: dict[str, SessionUser]) -> dict[str, float]:
    """Nobody's sessions crowd out those of another person."""
    by_user: dict[str, dict[str, float]] = defaultdict(dict)
    for name, until in expiries.items():
        by_user[users.get(name, OWNER).name][name] = until
    return {name: until for own in by_user.values() for name, until in _newest(own, _MOST).items()}


def _fresh(expiries: dict[str, float], now: float) -> dict[str, float]:
    return {name: until for name, until in expiries.items() if until > now}
