"""Who may use the demo's controls: a program on this machine, never a web page that somebody happens to read."""

from collections.abc import Mapping

_OWN_NAMES = {"127.0.0.1", "localhost", "::1", "[::1]"}
_CHANGING = {"POST", "PUT", "PATCH"}


def is_from_another_site(headers: Mapping[str, str]) -> bool:
    """What a browser says of a request that a page of another site caused."""
    return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


def why_refused(method: str, headers: Mapping[str, str]) -> str:
    """Why a request to the controls is refused; empty where it is not.

    A page reaches this machine by a form (which cannot say that it sends JSON), by a script (which the browser gives
    an Origin), or under a name of its own that leads here.
    """
    host = headers.get("host", "")
    if _name(host) not in _OWN_NAMES:
        return f"The demo's controls can be used on 127.0.0.1 and localhost only, not on {host[:80]!r}."
    if headers.get("origin", f"http://{host}") != f"http://{host}" or is_from_another_site(headers):
        return "The demo's controls are not for web pages."
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if method in _CHANGING and kind != "application/json":
        return "Send the request as JSON, with the header Content-Type: application/json."
    return ""


def _name(host: str) -> str:
    """The name without its port."""
    return host if host.endswith("]") or ":" not in host else host.rpartition(":")[0]
