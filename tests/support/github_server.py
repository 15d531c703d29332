"""A stand-in for GitHub's GraphQL API with discussions, its limits and its faults, on a free port of 127.0.0.1."""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from graphql import GraphQLError, execute, parse, validate

from tests.support.github_schema import MOST_NODES, SCHEMA, cost_of

TOKEN = "github_pat_for_the_tests"
REPO = "ada/papers"
CATEGORY = "DIC_kwDOAnnounce"


@dataclass
class Reacted:
    """A reaction; without `login`, of a deleted account."""

    id: str
    content: str
    login: str | None
    at: datetime


@dataclass
class Commented:
    """A comment or a reply."""

    id: str
    body: str
    login: str | None
    at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    reactions: list[Reacted] = field(default_factory=list)
    replies: list["Commented"] = field(default_factory=list)


@dataclass
class Discussed:
    """A discussion; reactions do not change `updated_at`, comments and replies do."""

    id: str
    title: str
    category: str
    at: datetime
    updated_at: datetime
    reactions: list[Reacted] = field(default_factory=list)
    comments: list[Commented] = field(default_factory=list)


@dataclass
class GitHubFaults:
    """What goes wrong; counts go down with each time that it did."""

    secondary: int = 0
    """Questions refused by the secondary limit, with Retry-After: 1."""
    silent_secondary: int = 0
    """The same with 200 and nothing but a message."""
    bad_gateways: int = 0
    broken: int = 0
    """Answers 200 with an error and no data: what GitHub says when it runs out of time."""
    garbage: int = 0
    heavy_above: int = 100
    """Larger pages than this are answered 502."""
    missing_discussions: tuple[str, ...] = ()
    """Titles that are null in lists, with an error beside the data."""
    token_expired: bool = False
    dies_after: int | None = None
    """Closes the connection on every question after so many."""


@dataclass
class GitHubServer:
    """`questions` holds the operation's name, variables and cost of each that was answered with data."""

    limit: int = 5_000
    faults: GitHubFaults = field(default_factory=GitHubFaults)
    categories: dict[str, str] = field(default_factory=lambda: {CATEGORY: "Announcements", "DIC_kwDOIdeas": "Ideas"})
    accounts: dict[str, str] = field(default_factory=lambda: {"ada": "U_ada", "eve": "U_eve", "bob": "U_bob"})
    bots: set[str] = field(default_factory=set)
    discussions: list[Discussed] = field(default_factory=list)
    questions: list[tuple[str, dict[str, Any], int]] = field(default_factory=list)
    refusals: int = 0
    used: int = 0
    window_seconds: float = 3_600.0
    reset_at: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(hours=1))
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def points(self) -> int:
        return sum(cost for _, _, cost in self.questions)

    def discuss(self, title: str, at: datetime, category: str = CATEGORY) -> Discussed:
        discussed = Discussed(f"D_kwDO{len(self.discussions):06d}", title, category, at, at)
        self.discussions.append(discussed)
        return discussed

    def react(self, on: Discussed | Commented, login: str | None, content: str, at: datetime) -> Reacted:
        reacted = Reacted(f"REA_{on.id[-12:]}_{len(on.reactions)}_{at:%H%M%S%f}", content, login, at)
        on.reactions.append(reacted)
        return reacted

    def comment(
        self, on: Discussed, login: str | None, body: str, at: datetime, to: Commented | None = None
    ) -> Commented:
        said = to.replies if to else on.comments
        commented = Commented(f"DC_{(to or on).id[-12:]}_{len(said)}", body, login, at)
        said.append(commented)
        on.updated_at = max(on.updated_at, at)
        return commented


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
    result = execute(SCHEMA, document, _Root(server, cost).fields(), variable_values=variables)
    assert not hasattr(result, "__await__")
    server.questions.append((query.split("(")[0].split()[-1], variables, cost))
    found: dict[str, Any] = {"data": result.data}
    if result.errors:
        found["errors"] = [{**error.formatted, **(error.extensions or {})} for error in result.errors]
    return _json(200, found)


def _json(status: int, content: Any, **headers: str) -> _Response:
    return status, headers, json.dumps(content).encode()


class _Root:
    """The values behind the schema: dictionaries, whose functions take GraphQL's arguments."""

    def __init__(self, server: GitHubServer, cost: int) -> None:
        self._server, self._cost = server, cost

    def fields(self) -> dict[str, Any]:
        server = self._server
        rate = {
            "cost": self._cost,
            "limit": server.limit,
            "remaining": max(0, server.limit - server.used),
            "used": server.used,
            "resetAt": _written(server.reset_at),
        }
        return {
            "viewer": {"id": "U_viewer", "login": "viewer"},
            "rateLimit": rate,
            "user": self._user,
            "node": self._node,
            "repository": self._repository,
        }

    def _user(self, info: Any, login: str) -> Any:
        if login.casefold() not in self._server.accounts:
            raise GraphQLError(f"Could not resolve to a User with the login of '{login}'.", extensions=_NOT_FOUND)
        return self._account(login.casefold())

    def _repository(self, info: Any, owner: str, name: str) -> Any:
        if f"{owner}/{name}".casefold() != REPO:
            text = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            raise GraphQLError(text, extensions=_NOT_FOUND)
        categories = [{"id": key, "name": text, "slug": text.lower()} for key, text in self._server.categories.items()]
        return {
            "id": "R_1",
            "nameWithOwner": REPO,
            "hasDiscussionsEnabled": True,
            "discussionCategories": _connection(categories, lambda node: str(node["id"])),
            "discussions": self._discussions,
        }

    def _discussions(
        self, info: Any, categoryId: str | None = None, orderBy: dict[str, str] | None = None, **paging: Any
    ) -> Any:
        order = orderBy or {"field": "UPDATED_AT", "direction": "DESC"}
        name = "updated_at" if order["field"] == "UPDATED_AT" else "at"
        listed = [one for one in self._server.discussions if categoryId in (None, one.category)]

        def place(discussed: Discussed) -> str:
            return f"{getattr(discussed, name).timestamp():020.6f} {discussed.id}"

        listed.sort(key=place, reverse=order["direction"] == "DESC")
        return _page(listed, place, self._discussion, order["direction"] == "DESC", **paging)

    def _discussion(self, discussed: Discussed) -> Any:
        if discussed.title in self._server.faults.missing_discussions:
            return GraphQLError("Something went wrong.", extensions={"type": "SERVICE_UNAVAILABLE"})
        return {
            "__typename": "Discussion",
            "id": discussed.id,
            "number": 1 + self._server.discussions.index(discussed),
            "title": discussed.title,
            "body": f"# {discussed.title}",
            "createdAt": _written(discussed.at),
            "updatedAt": _written(discussed.updated_at),
            "author": {"__typename": "Bot", "id": "BOT_1", "login": "giscus"},
            "reactions": self._reactions(discussed.reactions),
            "comments": _connection(discussed.comments, _by_id, self._comment),
        }

    def _comment(self, commented: Commented) -> Any:
        return {
            "__typename": "DiscussionComment",
            "id": commented.id,
            "body": "" if commented.deleted_at else commented.body,
            "createdAt": _written(commented.at),
            "updatedAt": _written(commented.edited_at or commented.at),
            "lastEditedAt": _written(commented.edited_at),
            "deletedAt": _written(commented.deleted_at),
            "author": self._account(commented.login),
            "reactions": self._reactions(commented.reactions),
            "replies": _connection(commented.replies, _by_id, self._comment),
        }

    def _reactions(self, reactions: list[Reacted]) -> Any:
        return _connection(reactions, _by_id, self._reaction)

    def _reaction(self, reacted: Reacted) -> Any:
        facts = {"id": reacted.id, "content": reacted.content, "createdAt": _written(reacted.at)}
        return {**facts, "user": None if reacted.login in self._server.bots else self._account(reacted.login)}

    def _account(self, login: str | None) -> Any:
        if login is None:
            return None
        kind = "Bot" if login in self._server.bots else "User"
        return {"__typename": kind, "id": self._server.accounts.get(login, f"U_{login}"), "login": login}

    def _node(self, info: Any, id: str) -> Any:
        for discussed in self._server.discussions:
            if discussed.id == id:
                return self._discussion(discussed)
            for commented in discussed.comments:
                for said in (commented, *commented.replies):
                    if said.id == id:
                        return self._comment(said)
        raise GraphQLError(f"Could not resolve to a node with the global id of '{id}'", extensions=_NOT_FOUND)


_NOT_FOUND = {"type": "NOT_FOUND"}


def _connection(
    items: Sequence[Any], place: Callable[[Any], str], shown: Callable[[Any], Any] = lambda item: item
) -> Callable[..., Any]:
    def resolve(info: Any, orderBy: Any = None, **paging: Any) -> Any:
        return _page(items, place, shown, False, **paging)

    return resolve


def _page(
    items: Sequence[Any],
    place: Callable[[Any], str],
    shown: Callable[[Any], Any],
    falls: bool,
    first: int | None = None,
    after: str | None = None,
    **others: Any,
) -> Any:
    """The page after the place that a cursor names, whether or not what stood there is still there."""
    rest = list(items)
    if after is not None:
        mark = base64.b64decode(after).decode()
        rest = [item for item in items if (place(item) < mark if falls else place(item) > mark)]
    nodes = rest[: first or len(rest)]
    cursor = base64.b64encode(place(nodes[-1]).encode()).decode() if nodes else None
    info = {"hasNextPage": len(rest) > len(nodes), "endCursor": cursor}
    return {"totalCount": len(items), "pageInfo": info, "nodes": [shown(node) for node in nodes]}


def _by_id(item: Reacted | Commented) -> str:
    return f"{item.at.timestamp():020.6f} {item.id}"


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
