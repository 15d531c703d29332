"""Who may use the reader: host names it answers to (DNS rebinding), the token, and the origin of forms (CSRF)."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil
from urllib.parse import urlsplit

from starlette.datastructures import URL, Headers
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from services.publisher.access.login_attempts import FailedLogins, client_name
from services.publisher.access.sessions import BROWSER_DAYS, DAY_SECONDS, Sessions, browser_name
from shared.addresses import answers_to, known_names

COOKIE = "papersys_reader"
BROWSER_COOKIE = "papersys_browser"
_OPEN_PATHS = ("/health", "/login", "/static/")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: with it browsers send `Origin: null` with our own forms, and we could not know them.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


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


def is_own_origin(headers: Headers) -> bool:
    """Whether a request that changes something comes from our own page, or from no browser at all.

    Browsers always say `Sec-Fetch-Site` or `Origin` with a POST; programs that say neither must send JSON, which a
    foreign form cannot.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site == "same-origin"
    if origin is not None:
        return bool(origin) and urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


class AccessMiddleware(BaseHTTPMiddleware):
    """Applies the policy to every request and the security headers to every response."""

    def __init__(self, app: ASGIApp, policy: AccessPolicy) -> None:
        super().__init__(app)
        self._policy = policy

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = self._refusal(request) or await call_next(request)
        response.headers.update(SECURITY_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _refusal(self, request: Request) -> Response | None:
        if not answers_to(request.headers.get("host"), self._policy.allowed_hosts):
            text = "The reader does not answer to this host name; add it to publisher.allowed_hosts in papersys.toml.\n"
            return PlainTextResponse(text, status_code=421)
        if request.method not in _SAFE_METHODS and not is_own_origin(request.headers):
            return PlainTextResponse("Refused: this request comes from another site.\n", status_code=403)
        request.state.authorised = self._policy.is_logged_in(request)
        if request.state.authorised:
            return None
        by_header, by_address = _bearer(request), _in_address(request)
        login = self._policy.log_in(request, given) if (given := by_header or by_address) is not None else None
        request.state.authorised = login is not None and login.is_right and by_header is not None
        if request.state.authorised or request.url.path.startswith(_OPEN_PATHS):
            return None
        return self._login_response(request, login)

    def _login_response(self, request: Request, login: LoginResult | None) -> Response:
        if login and login.is_right:
            return logged_in(RedirectResponse(_without_token(request.url), status_code=303), self._policy, request)
        if login and login.wait_seconds:
            return too_many_attempts(login)
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/login" + ("?wrong=1" if login else ""), status_code=303)
        return PlainTextResponse("An access token is needed: send `Authorization: Bearer <token>`.\n", status_code=401)


def too_many_attempts(login: LoginResult) -> Response:
    """The response to a token that was refused unread."""
    text = f"Too many wrong tokens from your address. Try again in {login.wait_seconds} s.\n"
    return PlainTextResponse(text, status_code=429, headers={"Retry-After": str(login.wait_seconds)})


def logged_in(response: Response, policy: AccessPolicy, request: Request) -> Response:
    """Open a session for the browser and remember it."""
    _set_cookie(response, request, COOKIE, policy.sessions.open(), policy.sessions.seconds)
    if not policy.sessions.knows_browser(request.cookies.get(BROWSER_COOKIE)):
        mark = policy.sessions.remember_browser()
        _set_cookie(response, request, BROWSER_COOKIE, mark, BROWSER_DAYS * DAY_SECONDS)
    return response


def logged_out(response: Response, policy: AccessPolicy, request: Request, *, everywhere: bool) -> Response:
    """End this browser's session, or all there are."""
    if everywhere:
        policy.sessions.end_all()
    else:
        policy.sessions.end(request.cookies.get(COOKIE))
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return response


def _set_cookie(response: Response, request: Request, name: str, value: str, seconds: float) -> None:
    is_https = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=int(seconds), httponly=True, samesite="lax", secure=is_https)


def _bearer(request: Request) -> str | None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else None


def _in_address(request: Request) -> str | None:
    return request.query_params.get("token") if request.method == "GET" else None


def _without_token(url: URL) -> str:
    rest = url.remove_query_params("token")
    path = "/" + rest.path.lstrip("/\\")
    return f"{path}?{rest.query}" if rest.query else path
