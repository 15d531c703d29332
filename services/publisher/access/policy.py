"""Who may use the reader: the host names it answers to (DNS rebinding), the token, and browsers that are logged in."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil

from starlette.requests import Request

from services.publisher.access.login_attempts import FailedLogins, client_name
from services.publisher.access.sessions import Sessions, browser_name
from shared.addresses import known_names

COOKIE = "papersys_reader"
BROWSER_COOKIE = "papersys_browser"


@dataclass(frozen=True)
class LoginResult:
    """Whether a token was right; with `wait_seconds` it was refused unread."""

    is_right: bool
    wait_seconds: int = 0


@dataclass(frozen=True)
class AccessPolicy:
    """Who may read and from where; `token` None means that whoever reaches the port may read."""

    token: str | None
    allowed_hosts: frozenset[str]
    sessions: Sessions
    failed_logins: FailedLogins = field(default_factory=FailedLogins)

    @classmethod
    def of(cls, token: str | None, names: Iterable[str], sessions: Sessions) -> "AccessPolicy":
        return cls(token, known_names(*names), sessions)

    def log_in(self, request: Request, given: str) -> LoginResult:
        """Check a token, unless too many wrong ones came before it."""
        mark = request.cookies.get(BROWSER_COOKIE)
        is_known = self.sessions.knows_browser(mark)
        address = request.client.host if request.client else None
        client = f"browser {browser_name(mark)}" if mark and is_known else client_name(address)
        wait_seconds = self.failed_logins.wait_seconds(client, is_known=is_known)
        if wait_seconds > 0:
            return LoginResult(False, ceil(wait_seconds))
        if self._is_token(given):
            self.failed_logins.forget(client)
            return LoginResult(True)
        self.failed_logins.count_wrong(client, is_known=is_known)
        return LoginResult(False)

    def is_logged_in(self, request: Request) -> bool:
        """Without a token everybody is."""
        return self.token is None or self.sessions.is_open(request.cookies.get(COOKIE))

    def _is_token(self, given: str) -> bool:
        """In constant time, which does not tell how nearly."""
        return self.token is None or secrets.compare_digest(
            given.strip().encode("utf-8", "surrogatepass"), self.token.encode()
        )
