"""How a person came to a paper in the reader: part of the source of a rating or signal, as `reader:search`. Pure."""

from collections.abc import Mapping
from typing import Literal, get_args

Way = Literal["search", "citation", "link", "answer", "tag", "map", "results", "rising", "follow", "list"]

IN_WORDS: Mapping[str, str] = {
    "search": "by search",
    "citation": "by a citation in the text of another paper",
    "link": "by a link on the page of another paper",
    "answer": "in the answer to a question",
    "tag": "by a tag or a category",
    "map": "on the map",
    "results": "on the page Results",
    "rising": "on the page Rising",
    "follow": "on the page of what you follow",
    "list": "on your reading list",
}


def with_way(source: str, way: Way | None) -> str:
    """`reader:search`; the source alone where the way is not known."""
    return f"{source}:{way}" if way else source


def place_of(source: str) -> str:
    """The source without the way: `reader`."""
    return source.partition(":")[0]


def way_of(source: str) -> Way | None:
    """The way in a source, where it has one."""
    named = source.partition(":")[2]
    return next((way for way in get_args(Way) if way == named), None)
