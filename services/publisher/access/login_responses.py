"""Responses that log a browser in or out, or refuse to read its token."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from services.publisher.access.policy import BROWSER_COOKIE, COOKIE, AccessPolicy, LoginResult
from services.publisher.access.sessions import BROWSER_DAYS, DAY_SECONDS, OWNER, SessionUser


def too_many_attempts(login: LoginResult) -> Response:
    """The response to a token that was refused unread."""
    text = f"Too many wrong tokens from your address. Try again in {login.wait_seconds} s.\n"
    return PlainTextResponse(text, status_code=429, headers={"Retry-After": str(login.wait_seconds)})


def login_path(wanted: str, *, is_wrong: bool) -> str:
    """The page that asks for the token, and leads to the page that was wanted afterwards."""
    facts = {"wrong": "1"} if is_wrong else {}
    facts |= {"next": wanted} if wanted != "/" else {}
    return f"/login?{urlencode(facts)}" if facts else "/login"


def logged_in(response: Response, policy: AccessPolicy, request: Request, user: SessionUser = OWNER) -> Response:
    """Open a session of a person for the browser, in place of the one that it had, and remember the browser."""
    if COOKIE in request.cookies:
        policy.sessions.end(request.cookies[COOKIE])
    _set_cookie(response, request, COOKIE, policy.sessions.open(user), policy.sessions.seconds)
    if not policy.sessions.knows_browser(request.cookies.get(BROWSER_COOKIE)):
        mark = policy.sessions.remember_browser()
        _set_cookie(response, request, BROWSER_COOKIE, mark, BROWSER_DAYS * DAY_SECONDS)
    return response


def logged_out(response: Response, policy: AccessPolicy, request: Request, *, everywhere: bool) -> Response:
    """End this browser's session, or all of its person."""
    session = policy.sessions.user(request.cookies.get(COOKIE))
    if everywhere and session is not None:
        policy.sessions.end_all_of(session.name)
    else:
        policy.sessions.end(request.cookies.get(COOKIE))
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return response


def _set_cookie(response: Response, request: Request, name: str, value: str, seconds: float) -> None:
    is_https = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=int(seconds), httponly=True, samesite="lax", secure=is_https)
