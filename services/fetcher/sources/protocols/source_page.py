"""What every server is asked for: a page of a list of its papers."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from shared.store.papers.metadata import Paper


class PositionExpired(Exception):
    """The server does not know the place in the list any more: the list is read again from its beginning."""


class ListRefused(Exception):
    """The server does not give this list; asking again soon would not help."""


@dataclass(frozen=True)
class Release:
    """A paper as the server lists it, and the day by which it counts as news or as one of days gone by."""

    paper: Paper
    day: date


@dataclass(frozen=True)
class SourcePage:
    """`next_position` asks for what comes after; None at the list's end. `changed_on` is the newest day of its records.

    `deleted` are identifiers of records that are gone; `left_out` counts records that have no place here, `unreadable`
    names those that are none.
    """

    releases: tuple[Release, ...] = ()
    next_position: str | None = None
    changed_on: date | None = None
    deleted: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    left_out: int = 0


class Source(Protocol):
    """A server; `lists` are the names of what is harvested of it, `("",)` for everything."""

    name: str
    label: str
    lists: tuple[str, ...]

    async def page(self, list_name: str, since: date, until: date, position: str | None) -> SourcePage:
        """A page. Raises PositionExpired, ListRefused, and TemporaryFailure where the server fails."""

    async def paper(self, paper_id: str) -> Paper | None:
        """A single paper; None where the server has none. Raises TemporaryFailure."""
