"""How long the reader takes to answer, by kind of page: a histogram for Prometheus."""

import time

from prometheus_client import CollectorRegistry, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def reader_seconds(registry: CollectorRegistry) -> Histogram:
    """The histogram that `RequestTimes` fills."""
    labels = ["page", "status"]
    return Histogram("papersys_reader_seconds", "Until a page begins", labels, buckets=_BUCKETS, registry=registry)


class RequestTimes:
    """Middleware that measures until an answer begins.

    A page is named by the pattern of its address, never by the address: what people read stays out of the metrics.
    """

    def __init__(self, app: ASGIApp, seconds: Histogram) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()

        async def timed_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = time.perf_counter() - started
                self._seconds.labels(_page_of(scope), f"{message['status'] // 100}xx").observe(seconds)
            await send(message)

        await self._app(scope, receive, timed_send)


def _page_of(scope: Scope) -> str:
    """The route's pattern; one name for all that is no page."""
    path = getattr(scope.get("route"), "path", None)
    if path is not None:
        return str(path)
    return "/static" if scope["path"].startswith("/static/") else "other"
