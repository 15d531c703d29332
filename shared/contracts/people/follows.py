"""What a user follows (an author, a phrase, a category, a tag, a search), and what lately matches it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.contracts.base import DEFAULT_USER, MAX_NAME_CHARACTERS, Message, Reply, Request
from shared.paper_ids import PaperId

FollowKind = Literal["author", "phrase", "category", "tag", "search"]
FollowValue = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class SetFollowReply(Reply):
    """What is followed now, or no longer; `value` as it is stored."""

    kind: FollowKind
    value: str
    followed: bool


class SetFollow(Request[SetFollowReply]):
    """Follow something, or (`followed` false) no longer.

    `value` is a name, words, the code of a category, the name of a tag, or a query as search understands it. `label` is
    what people read in its place, where it is not the value.
    """

    subject = "feedback.follow"
    kind: FollowKind
    value: FollowValue
    label: str = Field(default="", max_length=MAX_NAME_CHARACTERS)
    followed: bool = True
    user: str = Field(default=DEFAULT_USER, max_length=MAX_NAME_CHARACTERS)


class FollowMatches(Message):
    """The newest papers of the last days that match one follow, newest first, of `total` (`at_least`: or more)."""

    kind: FollowKind
    value: str
    paper_ids: tuple[PaperId, ...] = ()
    total: int = 0
    at_least: bool = False
    problem: str = ""


class FollowedReply(Reply):
    """One entry a follow, in the order in which they began; `note` says what is not all there yet."""

    matches: tuple[FollowMatches, ...] = ()
    note: str = ""


class Followed(Request[FollowedReply]):
    """What lately matches the follows of a user: papers of the last `days`, counted back from the newest paper."""

    subject = "ranker.followed"
    deadline_seconds = 20.0
    days: int = Field(default=30, ge=1, le=366)
    limit: int = Field(default=5, ge=1, le=50)
    user: str = Field(default=DEFAULT_USER, max_length=MAX_NAME_CHARACTERS)
