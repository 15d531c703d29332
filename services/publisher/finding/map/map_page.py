"""The map as its page shows it: points for the drawing, and the same papers as a table."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.publisher.pages.components import Components
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.contracts import Label, MapInterest, MapKind, MapPaper, PaperMap, PaperMapReply
from shared.errors import RequestFailed
from shared.store.papers.metadata import Paper
from shared.text.tex.words import in_words

KINDS: tuple[MapKind, ...] = ("new", "liked", "saved", "disliked")
NO_INTEREST = -1
_ROWS = 30
_LONGEST_TITLE = 120
_KIND_OF: Mapping[Label, MapKind] = {"like": "liked", "dislike": "disliked"}


@dataclass(frozen=True)
class MapPoint:
    """A paper of the map; `kind` as the user's ratings are now, `interest` the number of its interest or -1."""

    place: MapPaper
    paper: Paper
    label: Label | None

    @property
    def paper_id(self) -> str:
        return self.place.paper_id

    @property
    def kind(self) -> MapKind:
        if self.label is not None and self.label in _KIND_OF:
            return _KIND_OF[self.label]
        return "new" if self.place.kind in ("liked", "disliked") else self.place.kind

    @property
    def interest(self) -> int:
        return self.place.interest


@dataclass(frozen=True)
class Choice:
    """Which papers the table shows: of one kind, of one interest, one page of them."""

    kind: str = ""
    interest: int | None = None
    page: int = 1


@dataclass(frozen=True)
class MapPage:
    """`rows` is the part of the points that was chosen; `problem` says why there is no map."""

    points: list[MapPoint]
    interests: tuple[MapInterest, ...] = ()
    is_drawing: bool = False
    note: str = ""
    problem: str = ""
    choice: Choice = field(default_factory=Choice)

    @property
    def chosen(self) -> list[MapPoint]:
        return [point for point in self.points if _is_chosen(point, self.choice)]

    @property
    def rows(self) -> list[MapPoint]:
        return self.chosen[_ROWS * (self.choice.page - 1) : _ROWS * self.choice.page]

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.chosen) // _ROWS))

    @property
    def counts(self) -> Counter[str]:
        return Counter(point.kind for point in self.points)

    def interest_name(self, number: int) -> str:
        return self.interests[number].name if 0 <= number < len(self.interests) else ""


async def build_map(components: Components, choice: Choice) -> MapPage:
    """Asks the ranker, which answers at once with the map it drew last."""
    try:
        reply = await components.bus.ask(PaperMap(user=components.user))
    except RequestFailed as error:
        return MapPage([], problem=f"The map cannot be shown right now: {error} See the status page.")
    points = await asyncio.to_thread(_points, components.records, components.ratings, reply)
    return MapPage(points, reply.interests, reply.is_drawing, reply.note, choice=choice)


def as_json(page: MapPage) -> dict[str, Any]:
    """What the drawing needs, as short as can be: a list a paper, in the order that `columns` says.

    The first of `categories` and `interests` get colours, so categories come with the most frequent first.
    """
    categories = [name for name, _ in Counter(point.paper.primary_category for point in page.points).most_common()]
    number_of = {name: number for number, name in enumerate(categories)}
    return {
        "columns": ["paper_id", "x", "y", "kind", "interest", "category", "title", "label"],
        "kinds": KINDS,
        "interests": [interest.name for interest in page.interests],
        "categories": categories,
        "drawing": page.is_drawing,
        "problem": page.problem,
        "papers": [
            [
                point.paper_id,
                point.place.x,
                point.place.y,
                KINDS.index(point.kind),
                point.interest,
                number_of[point.paper.primary_category],
                in_words(point.paper.title)[:_LONGEST_TITLE],
                point.label or "",
            ]
            for point in page.points
        ],
    }


def _points(records: Records, ratings: Ratings, reply: PaperMapReply) -> list[MapPoint]:
    """The papers by interest, those of none last, in each by kind."""
    ids = [paper.paper_id for paper in reply.papers]
    papers, labels = records.papers(ids), ratings.labels(ids)
    points = [
        MapPoint(place, papers[place.paper_id], labels.get(place.paper_id))
        for place in reply.papers
        if place.paper_id in papers
    ]
    return sorted(points, key=lambda point: (point.interest < 0, point.interest, KINDS.index(point.kind)))


def _is_chosen(point: MapPoint, choice: Choice) -> bool:
    return choice.kind in ("", point.kind) and choice.interest in (None, point.interest)
