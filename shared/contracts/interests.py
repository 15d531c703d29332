"""What the ranker is asked about interests: the facets of what a user likes, and wishes about them."""

from typing import Literal

from pydantic import Field

from shared.contracts.base import DEFAULT_USER, Message, Reply, Request
from shared.paper_ids import PaperId

Wish = Literal["boost", "mute", "clear"]


class InterestFacet(Message):
    """Something a user likes more of than chance explains. `lift` is how many times more, with its 95 % interval;
    `lift_within` compares with papers of the same categories; `doubt` is the share of false ones among such facets.

    `crosses` says that it spans fields and that no category names it; `named_by` is the category that does.
    `side` says where its words stand: in the papers' `problem`, their `method`, or `both`.
    """

    key: str
    name: str
    paper_ids: tuple[PaperId, ...]
    share: float
    lift: float
    lift_low: float
    lift_high: float
    lift_within: float
    doubt: float
    categories: tuple[tuple[str, int], ...] = ()
    crosses: bool = False
    named_by: str = ""
    side: Literal["problem", "method", "both"] = "both"
    problem: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    trend: tuple[tuple[str, float], ...] = ()
    direction: Literal["rising", "steady", "falling"] = "steady"
    wish: Wish = "clear"

    @property
    def sureness(self) -> str:
        """`doubt` in words."""
        if self.doubt < 0.001:
            return "very sure: fewer than 1 in 1,000 such findings is chance"
        if self.doubt < 0.01:
            return "sure: fewer than 1 in 100 such findings is chance"
        return "likely: fewer than 1 in 50 such findings is chance"


class InterestsReply(Reply):
    """Facets, surest first, found from so many `likes` against so many papers drawn at random (`sample`).

    `note` says why there are none, where there are none.
    """

    facets: tuple[InterestFacet, ...] = ()
    likes: int = 0
    sample: int = 0
    note: str = ""


class Interests(Request):
    """What a user likes, as facets."""

    subject = "ranker.interests"
    reply = InterestsReply
    deadline_seconds = 120.0
    user: str = DEFAULT_USER


class FacetWishReply(Reply):
    """The facet that the wish is about; its papers are how it is known again."""

    key: str
    name: str
    wish: Wish


class FacetWish(Request):
    """Show more of a facet (`boost`), less of it (`mute`), or take that back (`clear`)."""

    subject = "ranker.facet_wish"
    reply = FacetWishReply
    deadline_seconds = 120.0
    key: str = Field(min_length=1, max_length=100)
    wish: Wish
    user: str = DEFAULT_USER
