"""Who may use the reader: the host names it answers to (DNS rebinding), whose token it is, and whose session."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil

from starlette.requests import Request

from services.publisher.access.login_attempts import FailedLogins, client_name
from services.publisher.access.sessions import OWNER, Sessions, SessionUser, browser_name
from shared.hosts.addresses import known_names
from shared.store.people.users import UserStore, token_fingerprint

COOKIE = "papersys_reader"
BROWSER_COOKIE = "papersys_browser"


@dataclass(frozen=True)
class LoginResult:
    """Whose token it was, None where it was wrong; with `wait_seconds` it was refused unread."""

    user: SessionUser | None
    wait_seconds: int = 0

    @property
    def is_right(self) -> bool:
        return self.user is not None


@dataclass(frozen=True)
class AccessPolicy:
    """Who may read and from where; `token` None means that whoever reaches the port may read, as the owner where the
    browser has no session of somebody else."""

    token: str | None
    allowed_hosts: frozenset[str]
    sessions: Sessions
    users: UserStore | None = None
    failed_logins: FailedLogins = field(default_factory=FailedLogins)

    @classmethod
    def of(
        cls, token: str | None, names: Iterable[str], sessions: Sessions, users: UserStore | None = None
    ) -> "AccessPolicy":
        return cls(token, known_names(*names), sessions, users)

    def log_in(self, request: Request, given: str) -> LoginResult:
        """Check a token, unless too many wrong ones came before it."""
        mark = request.cookies.get(BROWSER_COOKIE)
        is_known = self.sessions.knows_browser(mark)
        address = request.client.host if request.client else None
        client = f"browser {browser_name(mark)}" if mark and is_known else client_name(address)
        wait_seconds = self.failed_logins.wait_seconds(client, is_known=is_known)
        if wait_seconds > 0:
            return LoginResult(None, ceil(wait_seconds))
        user = self.user_of_token(given) or (OWNER if self.token is None else None)
        if user is not None:
            self.failed_logins.forget(client)
            return LoginResult(user)
        self.failed_logins.count_wrong(client, is_known=is_known)
        return LoginResult(None)

    def user(self, request: Request) -> SessionUser | None:
        """Whose session a browser has; without one the owner's where no token is needed, else nobody's."""
        session = self.sessions.user(request.cookies.get(COOKIE))
        if session is not None and self._is_current(session):
            return session
        return OWNER if self.token is None else None

    def user_of_token(self, given: str) -> SessionUser | None:
        """Whose token it is, compared in constant time, which does not tell how nearly; None where it is nobody's."""
        if self.token is not None and secrets.compare_digest(
            given.strip().encode("utf-8", "surrogatepass"), self.token.encode()
        ):
            return OWNER
        user = self.users.of_token(given) if self.users else None
        if user is not None:
            return SessionUser(name=user.name, token=token_fingerprint(user))
        return None

    def _is_current(self, session: SessionUser) -> bool:
        """Whether a session's person is still there, with the token that opened it."""
        if session == OWNER:
            return True
        user = self.users.get(session.name) if self.users else None
        return user is not None and bool(session.token) and token_fingerprint(user) == session.token
