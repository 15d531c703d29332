"""What the ranker is asked about the map: a user's papers as points in the plane."""

from typing import Literal

from pydantic import Field

from shared.contracts.base import DEFAULT_USER, Message, Reply, Request
from shared.paper_ids import PaperId

MapKind = Literal["liked", "disliked", "saved", "new"]


class MapInterest(Message):
    """An interest that papers of the map belong to, under its key on the page of interests."""

    key: str
    name: str


class MapPaper(Message):
    """A paper at `x` and `y`, each from 0 to 1; `interest` is the number of its interest, -1 for none."""

    paper_id: PaperId
    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)
    kind: MapKind
    interest: int = -1


class PaperMapReply(Reply):
    """The papers; while `is_drawing` a newer map is on its way. `note` says why there is nothing to see."""

    papers: tuple[MapPaper, ...] = ()
    interests: tuple[MapInterest, ...] = ()
    is_drawing: bool = False
    note: str = ""


class PaperMap(Request[PaperMapReply]):
    """A user's liked, disliked, saved and new papers in the plane, like papers near each other.

    A paper stays about where it was on the last map.
    """

    subject = "ranker.map"
    user: str = DEFAULT_USER
