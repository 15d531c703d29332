"""The values behind the schema of a stand-in for GitHub, in pages as GitHub gives them."""

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError

from tests.support.github.discussions import REPO, Commented, Discussed, GitHubServer, Reacted


class Root:
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
