"""What the ranker is asked about interests: the facets of what a user likes, and wishes about them."""

from typing import Literal

from pydantic import Field

from shared.contracts.base import DEFAULT_USER, Message, Reply, Request
from shared.paper_ids import PaperId

Wish = Literal["boost", "mute", "clear"]


class InterestFacet(Message):
    """Something a user likes more of than chance explains. `lift` is how many times more, with an interval (95 %)
    in which the choice of this facet among all that could have been found is accounted for; `lift_within` compares with
    papers of the same categories; `doubt` is how often likes drawn at random have anything as sure.

    `found_in` says what it was found by, and `against` what likes were compared with: what `arxiv` offers, or what was
    `read` and not liked.

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
    found_in: tuple[str, ...] = ()
    against: Literal["arxiv", "read"] = "arxiv"

    @property
    def sureness(self) -> str:
        """`doubt` in words, and where the facet was found."""
        if self.doubt < 0.001:
            sure = "very sure: likes without meaning show such a thing less than once in 1,000 times"
        elif self.doubt < 0.01:
            sure = "sure: likes without meaning show such a thing less than once in 100 times"
        else:
            sure = "likely: likes without meaning show such a thing less than once in 40 times"
        found = f"; found by {', '.join(self.found_in)}" if self.found_in else ""
        return sure + found + (" among what was read" if self.against == "read" else "")


class InterestsReply(Reply):
    """Facets, surest first, found from so many `likes` against so many papers drawn at random (`sample`).

    Summaries were compared too: those of `read_likes` likes with those of `read_others` other papers. `note` says why
    there are no facets, or why summaries were not compared.
    """

    facets: tuple[InterestFacet, ...] = ()
    likes: int = 0
    sample: int = 0
    note: str = ""
    read_likes: int = 0
    read_others: int = 0


class Interests(Request[InterestsReply]):
    """What a user likes, as facets."""

    subject = "ranker.interests"
    deadline_seconds = 120.0
    user: str = DEFAULT_USER


class FacetWishReply(Reply):
    """The facet that the wish is about; its papers are how it is known again."""

    key: str
    name: str
    wish: Wish


class FacetWish(Request[FacetWishReply]):
    """Show more of a facet (`boost`), less of it (`mute`), or take that back (`clear`)."""

    subject = "ranker.facet_wish"
    deadline_seconds = 120.0
    key: str = Field(min_length=1, max_length=100)
    wish: Wish
    user: str = DEFAULT_USER
