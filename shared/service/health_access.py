"""Access to a service's health port: three pages, under the host names of the settings, and nothing else."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.hosts.addresses import answers_to

_PAGES = ("/health/live", "/health/ready", "/metrics")


class HealthAccess:
    """Refuses names that may be another site's by DNS rebinding, and leaves FastAPI's pages about the API unseen."""

    def __init__(self, app: ASGIApp, names: Collection[str], also_below: str | None = None) -> None:
        self._app = app
        self._names = names
        self._also_below = also_below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        if not answers_to(Headers(scope=scope).get("host"), self._names):
            text = "This name is not known to papersys; add it to http.allowed_hosts in papersys.toml.\n"
            return PlainTextResponse(text, status_code=421)
        is_api = self._also_below is not None and scope["path"].startswith(self._also_below)
        if scope["path"] not in _PAGES and not is_api:
            return PlainTextResponse(f"There are {', '.join(_PAGES)}.\n", status_code=404)
        return None
