"""A stand-in for GitHub's GraphQL API with discussions, its limits and its faults, on a free port of 127.0.0.1."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from graphql import execute, parse, validate

from tests.support.github.answers import Root
from tests.support.github.discussions import TOKEN, GitHubServer
from tests.support.github.schema import MOST_NODES, SCHEMA, cost_of


@contextmanager
def github_server(**facts: Any) -> Iterator[GitHubServer]:
    """Answers until the block ends."""
    server = GitHubServer(**facts)
    web = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"server_of_test": server}))
    server.port = web.server_address[1]
    thread = threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        web.shutdown()
        web.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_of_test: GitHubServer
    protocol_version = "HTTP/1.1"
    _turn = threading.Lock()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        with self._turn:
            answer = _answer(self.server_of_test, dict(self.headers), body)
        if answer is None:
            self.server_of_test.refusals += 1
            self.close_connection = True
            return
        status, headers, content = answer
        self.server_of_test.refusals += status != 200
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        return


_Response = tuple[int, dict[str, str], bytes]
_DOCS = "https://docs.github.com/graphql"


def _answer(server: GitHubServer, headers: dict[str, str], body: bytes) -> _Response | None:
    faults = server.faults
    if faults.dies_after is not None:
        if faults.dies_after <= 0:
            return None
        faults.dies_after -= 1
    if headers.get("Authorization") != f"Bearer {TOKEN}" or faults.token_expired:
        return _json(401, {"message": "Bad credentials", "documentation_url": _DOCS, "status": "401"})
    if not headers.get("User-Agent"):
        return _json(403, {"message": "Request forbidden by administrative rules."})
    if refusal := _refused_by_a_limit(server):
        return refusal
    if faults.bad_gateways:
        faults.bad_gateways -= 1
        return 502, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>"
    if faults.garbage:
        faults.garbage -= 1
        return 200, {}, b'{"data": {"repository": {"discussi'
    asked = json.loads(body)
    if faults.broken:
        faults.broken -= 1
        text = "Something went wrong while executing your query. This may be the result of a timeout."
        return _json(200, {"data": None, "errors": [{"message": text}]})
    if asked["variables"].get("first", 0) > faults.heavy_above:
        return _json(502, {"message": "We couldn't respond to your request in time. Sorry about that."})
    return _execute(server, asked["query"], asked["variables"])


def _refused_by_a_limit(server: GitHubServer) -> _Response | None:
    faults = server.faults
    text = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    if faults.secondary:
        faults.secondary -= 1
        return _json(403, {"message": text, "documentation_url": _DOCS}, **{"Retry-After": "1"})
    if faults.silent_secondary:
        faults.silent_secondary -= 1
        return _json(200, {"errors": [{"message": text}]})
    if server.reset_at <= datetime.now(UTC):
        server.used, server.reset_at = 0, datetime.now(UTC) + timedelta(seconds=server.window_seconds)
    if server.used >= server.limit:
        reset = str(int(server.reset_at.timestamp()))
        errors = [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]
        headers = {"X-RateLimit-Limit": str(server.limit), "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
        return _json(200, {"errors": errors}, **headers)
    return None


def _execute(server: GitHubServer, query: str, variables: dict[str, Any]) -> _Response:
    document = parse(query)
    cost, nodes, refused = cost_of(document, variables)
    errors: list[dict[str, Any]] = [dict(error.formatted) for error in validate(SCHEMA, document)]
    errors += [{"type": "EXCESSIVE_PAGINATION", "message": text} for text in refused]
    if nodes > MOST_NODES:
        errors.append({"type": "MAX_NODE_LIMIT_EXCEEDED", "message": f"This query requests {nodes} nodes."})
    if errors:
        return _json(200, {"errors": errors})
    server.used += cost
    result = execute(SCHEMA, document, Root(server, cost).fields(), variable_values=variables)
    assert not hasattr(result, "__await__")
    server.questions.append((query.split("(")[0].split()[-1], variables, cost))
    found: dict[str, Any] = {"data": result.data}
    if result.errors:
        found["errors"] = [{**error.formatted, **(error.extensions or {})} for error in result.errors]
    return _json(200, found)


def _json(status: int, content: Any, **headers: str) -> _Response:
    return status, headers, json.dumps(content).encode()
