"""Applies the access policy to every request, refuses forms of other sites (CSRF), and sets the security headers."""

from urllib.parse import urlsplit

from starlette.datastructures import URL, Headers
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from services.publisher.access.login_responses import logged_in, login_path, too_many_attempts
from services.publisher.access.policy import AccessPolicy, LoginResult
from services.publisher.access.sessions import SessionUser
from shared.contracts import DEFAULT_USER
from shared.hosts.addresses import answers_to

_OPEN_PATHS = ("/health", "/login", "/static/", "/feed/", "/mail/", "/service-worker.js")
_SIGNED_PATHS = ("/mail/",)
"""What is asked for there is signed by us; mail programs send it with no origin (RFC 8058)."""
_PROGRAM_PATHS = ("/mcp",)
"""What only programs call: a browser says of each such request where it comes from, or may not send it at all."""
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
        if request.method not in _SAFE_METHODS and not _may_change(request):
            return PlainTextResponse("Refused: this request comes from another site.\n", status_code=403)
        by_header, by_address = _bearer(request), _in_address(request)
        user = self._policy.user(request)
        request.state.user, request.state.authorised = user.name if user else DEFAULT_USER, user is not None
        if user is not None:
            return self._switch(request, user, by_header, by_address)
        login = self._policy.log_in(request, given) if (given := by_header or by_address) is not None else None
        if login is not None and login.user is not None and by_header is not None:
            request.state.user, request.state.authorised = login.user.name, True
        if request.state.authorised or request.url.path.startswith(_OPEN_PATHS):
            return None
        return self._login_response(request, login)

    def _switch(
        self, request: Request, user: SessionUser, by_header: str | None, by_address: str | None
    ) -> Response | None:
        """Who is known already and brings a token of somebody else becomes that person, unless another site's link
        does it behind their back. Nothing is told of wrong tokens."""
        given = by_header or by_address
        other = self._policy.user_of_token(given) if given is not None else None
        if other is None or other.name == user.name:
            return None
        if by_header is not None:
            request.state.user = other.name
            return None
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return None
        return logged_in(RedirectResponse(_without_token(request.url), status_code=303), self._policy, request, other)

    def _login_response(self, request: Request, login: LoginResult | None) -> Response:
        if login and login.user:
            response = RedirectResponse(_without_token(request.url), status_code=303)
            return logged_in(response, self._policy, request, login.user)
        if login and login.wait_seconds:
            return too_many_attempts(login)
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(
                login_path(_without_token(request.url), is_wrong=login is not None), status_code=303
            )
        return PlainTextResponse("An access token is needed: send `Authorization: Bearer <token>`.\n", status_code=401)


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


def _may_change(request: Request) -> bool:
    path, headers = request.url.path, request.headers
    if path in _PROGRAM_PATHS and "origin" not in headers and "sec-fetch-site" not in headers:
        return True
    return path.startswith(_SIGNED_PATHS) or is_own_origin(headers)


def _bearer(request: Request) -> str | None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else None


def _in_address(request: Request) -> str | None:
    return request.query_params.get("token") if request.method == "GET" else None


def _without_token(url: URL) -> str:
    rest = url.remove_query_params("token")
    path = "/" + rest.path.lstrip("/\\")
    return f"{path}?{rest.query}" if rest.query else path
