"""Who may use the reader: names it answers to (DNS rebinding), the token, and where a form may come from (CSRF)."""

import hashlib
import ipaddress
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import URL, Headers
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp

COOKIE = "papersys_reader"
_YEAR_SECONDS = 365 * 86_400
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
class Gate:
    """What the reader is asked before any page: `token` None means that whoever reaches the port may read."""

    token: str | None
    allowed_hosts: frozenset[str]

    @classmethod
    def of(cls, token: str | None, names: Iterable[str]) -> "Gate":
        return cls(token, frozenset({"localhost", *(name.lower().rstrip(".") for name in names)}))

    def knows_host(self, header: str | None) -> bool:
        """A bare IP address cannot be rebound; a name must be one of ours."""
        name = _host_name(header)
        return name is not None and (_is_ip(name) or name in self.allowed_hosts)

    def opens_for(self, given: str | None) -> bool:
        """Whether a token is the right one, in a time that does not tell how nearly."""
        return self.token is None or (given is not None and secrets.compare_digest(given.encode(), self.token.encode()))

    def cookie(self) -> str:
        """What a browser keeps in place of the token."""
        return hashlib.sha256(f"papersys reader {self.token}".encode()).hexdigest()

    def is_authorised(self, request: Request) -> bool:
        """By cookie or by `Authorization: Bearer`."""
        if self.token is None:
            return True
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.opens_for(given.strip()):
            return True
        return secrets.compare_digest(request.cookies.get(COOKIE, "").encode(), self.cookie().encode())


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
    """Applies the gate to every request and the security headers to every answer."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        super().__init__(app)
        self._gate = gate

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = self._refusal(request) or await call_next(request)
        response.headers.update(SECURITY_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _refusal(self, request: Request) -> Response | None:
        if not self._gate.knows_host(request.headers.get("host")):
            text = "This name is not known to the reader; add it to publisher.allowed_hosts in papersys.toml.\n"
            return PlainTextResponse(text, status_code=421)
        if request.method not in _SAFE_METHODS and not is_own_origin(request.headers):
            return PlainTextResponse("This request comes from another site and is refused.\n", status_code=403)
        request.state.authorised = self._gate.is_authorised(request)
        if request.state.authorised or request.url.path.startswith(_OPEN_PATHS):
            return None
        return self._login(request)

    def _login(self, request: Request) -> Response:
        given = request.query_params.get("token")
        if given is not None and request.method == "GET" and self._gate.opens_for(given):
            return with_cookie(RedirectResponse(_without_token(request.url), status_code=303), self._gate, request)
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/login" + ("?wrong=1" if given is not None else ""), status_code=303)
        return PlainTextResponse("A token is needed: `Authorization: Bearer <token>`.\n", status_code=401)


def with_cookie(response: Response, gate: Gate, request: Request) -> Response:
    """Remember in the browser that the token was given."""
    response.set_cookie(
        COOKIE,
        gate.cookie(),
        max_age=_YEAR_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _without_token(url: URL) -> str:
    rest = url.remove_query_params("token")
    path = "/" + rest.path.lstrip("/\\")
    return f"{path}?{rest.query}" if rest.query else path


def _host_name(header: str | None) -> str | None:
    if not header:
        return None
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
