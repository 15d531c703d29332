"""What GitHub answers, read with care: a node that cannot be read is left out and noted, whatever stands beside it."""

from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, ValidationError


class Account(BaseModel):
    """Who said something. The id never changes; a login does, and may then be another's."""

    login: str
    id: str | None = None


class Reaction(BaseModel):
    """An emoji on a discussion or a comment; without `user`, of an account that is gone."""

    id: str = Field(min_length=1, max_length=500)
    content: str
    at: AwareDatetime = Field(alias="createdAt")
    user: Account | None = None


class Comment(BaseModel):
    """A comment or a reply; deleted ones that have replies are still listed, without text."""

    id: str = Field(min_length=1, max_length=500)
    body: str = ""
    created_at: AwareDatetime = Field(alias="createdAt")
    edited_at: AwareDatetime | None = Field(None, alias="lastEditedAt")
    deleted_at: AwareDatetime | None = Field(None, alias="deletedAt")
    author: Account | None = None

    @property
    def at(self) -> datetime:
        """When it came to say what it says."""
        return max(self.created_at, self.edited_at or self.created_at)


class Head(BaseModel):
    """A discussion without what was said in it."""

    id: str = Field(min_length=1, max_length=500)
    title: str = ""
    created_at: AwareDatetime = Field(alias="createdAt")
    updated_at: AwareDatetime = Field(alias="updatedAt")


class Page(NamedTuple):
    """A part of a list: its raw nodes, None for those that GitHub could not give, and where the next part begins.

    `is_whole` is False where nodes are missing from this part, or the list itself is.
    """

    nodes: list[dict[str, Any]]
    next_cursor: str | None
    is_whole: bool


M = TypeVar("M", bound=BaseModel)


def page_of(connection: Any) -> Page:
    """A connection of the API; an empty page that is not whole for what is none."""
    if not isinstance(connection, dict) or not isinstance(connection.get("nodes"), list):
        return Page([], None, is_whole=False)
    nodes = [node for node in connection["nodes"] if isinstance(node, dict)]
    info = connection.get("pageInfo")
    if not isinstance(info, dict):
        return Page(nodes, None, is_whole=False)
    cursor = info.get("endCursor") if info.get("hasNextPage") else None
    is_whole = len(nodes) == len(connection["nodes"]) and (isinstance(cursor, str) or not info.get("hasNextPage"))
    return Page(nodes, cursor if isinstance(cursor, str) else None, is_whole)


def read_node(model: type[M], node: dict[str, Any]) -> M | None:
    """A node as `model`; None for what is none."""
    try:
        return model.model_validate(node)
    except ValidationError:
        return None


def count_of(connection: Any) -> int | None:
    """How long a list is; None where that was not said."""
    count = connection.get("totalCount") if isinstance(connection, dict) else None
    return count if isinstance(count, int) else None
